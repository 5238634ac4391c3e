import type { KubeConfig } from '@kubernetes/client-node';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { createInterface } from 'node:readline';
import { KubeApiError } from './api-error.ts';

export type QueryParameters = Readonly<Record<string, string | number | boolean | undefined>>;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Such as `/api/v1/namespaces/default/secrets/x`. */
  readonly path: string;
  readonly query?: QueryParameters;
  readonly body?: unknown;
  /** `application/json` when absent. */
  readonly contentType?: string;
  /** What the answer is: logs and metrics are no JSON. */
  readonly answer?: 'json' | 'text';
  readonly signal?: AbortSignal;
}

/** One line of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

/** The API server. @see https://kubernetes.io/docs/reference/using-api/api-concepts/ */
export interface ApiClient {
  /** The answer's JSON, or its text where that was asked for. @throws KubeApiError */
  request(request: ApiRequest): Promise<unknown>;
  /** Events until the server closes the watch, which it does every few minutes. @throws KubeApiError */
  watch(path: string, query: QueryParameters, signal: AbortSignal): AsyncIterable<WatchEvent>;
}

/** How long an answer may take; watches have their own end. */
const answerTimeoutMs = 30_000;

/** A watch is asked to end after this, and given up some time later, so that a dead connection is noticed. */
const watchSeconds = 290;

function toUrl(server: string, path: string, query: QueryParameters = {}): URL {
  const url = new URL(server.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const textOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);

function toError(status: number, text: string): KubeApiError {
  let body: Record<string, unknown> = {};
  try {
    body = Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    // Proxies in front of the API server answer in prose.
  }
  return new KubeApiError(
    status,
    textOr(body['reason'], 'Unknown'),
    textOr(body['message'], `the API server answered ${status}: ${text.slice(0, 200)}`),
  );
}

function unreachable(cause: unknown): KubeApiError {
  const reason = cause instanceof Error ? cause.message : 'no answer';
  return new KubeApiError(0, 'Unreachable', `the API server cannot be reached: ${reason}`, { cause });
}

interface Sent {
  readonly url: URL;
  readonly options: RequestOptions;
  readonly body: string | undefined;
}

function send({ url, options, body }: Sent): Promise<IncomingMessage> {
  const open = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = open(url, options, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

/** A client for the current context of a kubeconfig. */
export function createApiClient(config: KubeConfig): ApiClient {
  const server = config.getCurrentCluster()?.server ?? 'http://localhost:8080';
  const agent = server.startsWith('http:')
    ? new HttpAgent({ keepAlive: true })
    : new Agent({ keepAlive: true });

  const open = async (call: ApiRequest): Promise<IncomingMessage> => {
    const { method, path, query, body, contentType = 'application/json', signal, answer } = call;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const options: RequestOptions = {
      method,
      headers: {
        accept: answer === 'text' ? '*/*' : 'application/json',
        // Node sends the body of a DELETE without a length, and the server takes it for another request.
        ...(text !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
      },
      ...(signal !== undefined && { signal }),
    };
    await config.applyToHTTPSOptions(options);
    // One pool of connections: what authenticates is in the options of each request.
    options.agent = agent;
    try {
      return await send({ url: toUrl(server, path, query), options, body: text });
    } catch (cause) {
      throw unreachable(cause);
    }
  };

  return {
    async request(call) {
      const limit = AbortSignal.timeout(answerTimeoutMs);
      const signal = call.signal === undefined ? limit : AbortSignal.any([limit, call.signal]);
      const response = await open({ ...call, signal });
      let text: string;
      try {
        text = await readText(response);
      } catch (cause) {
        throw unreachable(cause);
      }
      const status = response.statusCode ?? 0;
      if (status >= 300) throw toError(status, text);
      return call.answer === 'text' ? text : (JSON.parse(text) as unknown);
    },
    async *watch(path, query, signal) {
      const limit = AbortSignal.timeout((watchSeconds + 60) * 1000);
      const response = await open({
        method: 'GET',
        path,
        query: { ...query, watch: true, allowWatchBookmarks: true, timeoutSeconds: watchSeconds },
        signal: AbortSignal.any([limit, signal]),
      });
      if (response.statusCode !== 200) throw toError(response.statusCode ?? 0, await readText(response));
      try {
        for await (const line of createInterface(response)) yield JSON.parse(line) as WatchEvent;
      } catch (cause) {
        if (!signal.aborted) throw unreachable(cause);
      } finally {
        response.destroy();
      }
    },
  };
}
