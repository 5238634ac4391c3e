import { configServer } from '@aigw/api-types';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type Agent, request } from 'node:https';
import { join } from 'node:path';
import type { ConfigText } from './config-source.ts';
import type { ConfigIdentity } from './config-store.ts';

/** The server that tells of changes, and what is needed to ask it. */
export interface ConfigServer {
  /** Such as `https://ai-gateway-controller.envoy-ai-gateway-system.svc:9443`. */
  readonly url: URL;
  /** Holds `ca.crt`, by which the server is trusted, and `token`, by which we are known. Both change. */
  readonly folder: string;
}

/** The server's answer: another configuration, or none within the time that it was asked to wait. */
export type PollAnswer =
  | { readonly kind: 'changed'; readonly config: ConfigText; readonly checksum: string }
  | { readonly kind: 'unchanged' };

export interface PollOptions {
  readonly server: ConfigServer;
  readonly agent: Agent;
  /** What is in force, which is not to be sent again. */
  readonly known: ConfigIdentity | undefined;
  /** The digest of what the server had last and was refused. */
  readonly refused: string | undefined;
  /** How long the server may wait for a change. */
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
}

/** How long after the time that the server was asked to wait it is given up. */
const graceSeconds = 10;

/** Eight parts of 700 KiB, and room. */
const maxConfigBytes = 8 * 1024 * 1024;

/** What is at `file`, or `undefined`: the kubelet writes it when it can. */
const readIfThere = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch(() => undefined);

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxConfigBytes) throw new Error(`the answer has more than ${maxConfigBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function requestHeaders({ known, refused, waitSeconds }: PollOptions, token: string): Record<string, string> {
  const tags = [known?.checksum, refused].flatMap((checksum) =>
    checksum === undefined ? [] : `"${checksum}"`,
  );
  return {
    authorization: `Bearer ${token.trim()}`,
    prefer: `wait=${waitSeconds}`,
    ...(tags.length > 0 && { 'if-none-match': tags.join(', ') }),
    ...(known?.revision !== undefined && { [configServer.revisionHeader]: String(known.revision) }),
  };
}

function open(options: PollOptions, ca: string, token: string): Promise<IncomingMessage> {
  const { server, agent, waitSeconds, signal } = options;
  const limit = AbortSignal.timeout((waitSeconds + graceSeconds) * 1000);
  return new Promise((resolve, reject) => {
    request(
      new URL(configServer.path, server.url),
      { agent, ca, headers: requestHeaders(options, token), signal: AbortSignal.any([signal, limit]) },
      resolve,
    )
      .once('error', (error) => {
        reject(limit.aborted ? new Error('it did not answer in time', { cause: error }) : error);
      })
      .end();
  });
}

function toConfig({ headers }: IncomingMessage, text: string): PollAnswer {
  const revision = Number(headers[configServer.revisionHeader]);
  const checksum = /^"([0-9a-f]+)"$/.exec(headers.etag ?? '')?.[1] ?? '';
  return {
    kind: 'changed',
    config: { text, ...(Number.isSafeInteger(revision) && { revision }) },
    checksum,
  };
}

/**
 * Asks once for a configuration other than those that are known; the server answers as soon as it has one.
 * @throws Error with a reason that can be logged.
 */
export async function pollConfig(options: PollOptions): Promise<PollAnswer> {
  const { folder } = options.server;
  const { authorityFile, tokenFile } = configServer;
  const [ca, token] = await Promise.all(
    [authorityFile, tokenFile].map((name) => readIfThere(join(folder, name))),
  );
  if (!ca || !token) throw new Error(`${folder} does not have ${authorityFile} and ${tokenFile} yet`);
  const response = await open(options, ca, token);
  const text = await readBody(response);
  if (response.statusCode === 304) return { kind: 'unchanged' };
  if (response.statusCode === 200) return toConfig(response, text);
  throw new Error(`it answered ${response.statusCode ?? 0}: ${text.slice(0, 200)}`);
}
