import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';

/** A Kubernetes object, as far as tests look into it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    finalizers?: string[];
    ownerReferences?: { kind: string; name: string }[];
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read what they know to be there
  [field: string]: any;
}

/** What the server answered. */
export interface KubeAnswer {
  readonly status: number;
  readonly body: KubeObject;
}

/** One event of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

/** The server's HTTP API. */
export interface KubeApi {
  /** @param contentType - `application/json` by default */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<KubeAnswer>;
  /** Events until the signal or the server ends it. */
  watch(path: string, onEvent: (event: WatchEvent) => void, signal: AbortSignal): Promise<void>;
}

/** Where the server is and who asks. */
export interface KubeApiOptions {
  readonly url: string;
  readonly token: string;
  readonly authority: Buffer;
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parseObject(text: string): KubeObject {
  try {
    return JSON.parse(text) as KubeObject;
  } catch {
    return { metadata: { name: '' }, message: text };
  }
}

/** A client of one server and one user. */
export function createKubeApi({ url, token, authority }: KubeApiOptions): KubeApi {
  const agent = new Agent({ keepAlive: true, ca: authority });
  const open = (
    method: string,
    path: string,
    { body, contentType, signal }: { body?: string; contentType?: string; signal?: AbortSignal } = {},
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && {
          'content-type': contentType ?? 'application/json',
          // Node leaves it out of a DELETE.
          'content-length': Buffer.byteLength(body),
        }),
      };
      const options = { method, headers, agent, ...(signal && { signal }) };
      httpsRequest(url + path, options, resolve)
        .once('error', reject)
        .end(body);
    });
  return {
    request: async (method, path, body, contentType) => {
      const answer = await open(method, path, {
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(contentType !== undefined && { contentType }),
      });
      return { status: answer.statusCode ?? 0, body: parseObject(await readBody(answer)) };
    },
    watch: async (path, onEvent, signal) => {
      const answer = await open('GET', path, { signal });
      for await (const line of createInterface({ input: answer })) {
        if (line !== '') onEvent(JSON.parse(line) as WatchEvent);
      }
    },
  };
}
