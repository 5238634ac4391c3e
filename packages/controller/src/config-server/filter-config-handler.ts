import { configServer } from '@aigw/api-types';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { answerJson, type RequestHandler } from '../secure-server/secure-server.ts';
import type { IdentifyProxy } from './identify-proxy.ts';
import type { ProxyIdentity, PublishedConfig, PublishedConfigs } from './published-configs.ts';
import { createTurns } from './turns.ts';

export interface FilterConfigHandlerOptions {
  readonly configs: PublishedConfigs;
  readonly identify: IdentifyProxy;
  /** Whether the cluster has been seen; before that, nothing can be said to be missing. */
  readonly isReady: () => boolean;
}

const longestWaitSeconds = 60;

/** A change is news for all proxies at once: so many are sent it at a time, and none of them more than it reads. */
const maxSending = 16;
const sliceBytes = 64 * 1024;

/** How long a proxy waits for its turn, and how long it may take to read. It gives up 10 s after the time that it set. */
const turnMs = 5000;
const sendMs = 10_000;

/** What a proxy has, and how long it would wait for something else. */
interface Wish {
  /** Digests of what is not to be sent. */
  readonly known: ReadonlySet<string>;
  readonly revision: number;
  readonly waitMs: number;
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match and https://www.rfc-editor.org/rfc/rfc7240#section-4.3 */
function parseWish(headers: IncomingHttpHeaders): Wish {
  const tags = [...(headers['if-none-match'] ?? '').matchAll(/"([0-9a-f]{64})"/g)];
  const [, wait = '0'] = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(String(headers['prefer'] ?? '')) ?? [];
  const revision = Number(headers[configServer.revisionHeader]);
  return {
    known: new Set(tags.flatMap(([, checksum]) => checksum ?? [])),
    revision: Number.isSafeInteger(revision) ? revision : 0,
    waitMs: Math.min(Number(wait), longestWaitSeconds) * 1000,
  };
}

function* slicesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += sliceBytes)
    yield bytes.subarray(start, start + sliceBytes);
}

async function send(response: ServerResponse, { checksum, revision, bytes }: PublishedConfig): Promise<void> {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    etag: `"${checksum}"`,
    [configServer.revisionHeader]: revision,
    'cache-control': 'no-store',
  });
  await pipeline(Readable.from(slicesOf(bytes)), response, { signal: AbortSignal.timeout(sendMs) });
}

/** Another configuration than the known ones; an earlier one only when the time is over and nothing better has come. */
async function waitForConfig(
  configs: PublishedConfigs,
  proxy: ProxyIdentity,
  { known, revision }: Wish,
  signal: AbortSignal,
): Promise<PublishedConfig | undefined> {
  for (;;) {
    const config = configs.find(proxy);
    const isNews = config !== undefined && !known.has(config.checksum);
    if (isNews && (config.revision >= revision || signal.aborted)) return config;
    if (signal.aborted) return config;
    await configs.changed(proxy, signal);
  }
}

/** Why a request gets no configuration. */
interface Refusal {
  readonly status: number;
  readonly message: string;
}

async function identifyRequest(
  { method, headers }: IncomingMessage,
  { identify, isReady }: FilterConfigHandlerOptions,
): Promise<ProxyIdentity | Refusal> {
  if (method !== 'GET') return { status: 405, message: 'GET it' };
  if (!isReady()) return { status: 503, message: 'the AI gateway controller has not seen the cluster yet' };
  const [, token] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) return { status: 401, message: 'expected a bearer token' };
  try {
    const known = await identify(token);
    return known ?? { status: 403, message: 'the token is not bound to a pod of a proxy that is known' };
  } catch {
    return { status: 503, message: 'the token cannot be looked at now' };
  }
}

/** Tells the proxies of a Gateway its filter configuration, as soon as there is another than the one that they have. */
export function createFilterConfigHandler(options: FilterConfigHandlerOptions): RequestHandler {
  const turns = createTurns(maxSending);

  const sendInTurn = async (
    response: ServerResponse,
    config: PublishedConfig,
    gone: AbortSignal,
  ): Promise<void> => {
    const endTurn = await turns.take(AbortSignal.any([gone, AbortSignal.timeout(turnMs)]));
    if (endTurn === undefined) {
      answerJson(response, 503, { message: 'too many proxies are being told of a change' });
      return;
    }
    try {
      await send(response, config);
    } finally {
      endTurn();
    }
  };

  return async (request, response, stopping) => {
    const proxy = await identifyRequest(request, options);
    if ('status' in proxy) {
      answerJson(response, proxy.status, { message: proxy.message });
      return;
    }
    const wish = parseWish(request.headers);
    const gone = new AbortController();
    response.once('close', () => {
      gone.abort();
    });
    const limit = AbortSignal.any([gone.signal, stopping, AbortSignal.timeout(wish.waitMs)]);
    const config = await waitForConfig(options.configs, proxy, wish, limit);
    if (stopping.aborted) response.setHeader('connection', 'close');
    if (config === undefined) {
      answerJson(response, 404, { message: `Gateway ${proxy.gateway} has no configuration here` });
    } else if (wish.known.has(config.checksum)) response.writeHead(304).end();
    else await sendInTurn(response, config, gone.signal);
  };
}
