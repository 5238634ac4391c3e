import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from './lifecycle.ts';
import {
  formatListenAddress,
  type ListenAddress,
  removeStaleSocket,
  shareSocket,
  toListenOptions,
} from './listen-address.ts';

/** The answer of an admin path. */
export interface AdminResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** Answers GET and HEAD of one path; a rejection becomes a 500 without details. */
export type AdminHandler = (query: URLSearchParams) => AdminResponse | Promise<AdminResponse>;

export interface AdminServerOptions {
  readonly address: ListenAddress;
  /** `/health` answers 200 `OK` while it resolves to true. */
  readonly isHealthy: () => boolean | Promise<boolean>;
  /** Text of `/metrics` in Prometheus' exposition format. */
  readonly metrics: () => Promise<string>;
  /** More paths, exact: `{ '/stats': handler }`. They win over the two above. */
  readonly handlers?: Readonly<Record<string, AdminHandler>>;
}

export interface AdminServer extends Service {
  /** The address with the port that was bound; meaningful once started. */
  address(): string;
}

const prometheusText = 'text/plain; version=0.0.4; charset=utf-8';
const plainText = 'text/plain; charset=utf-8';

/** The HTTP listener for probes and metrics, on TCP or a Unix socket. */
export function createAdminServer(options: AdminServerOptions): AdminServer {
  const handlers = new Map<string, AdminHandler>([
    ['/health', () => answerHealth(options.isHealthy)],
    ['/metrics', async () => ({ status: 200, contentType: prometheusText, body: await options.metrics() })],
    ...Object.entries(options.handlers ?? {}),
  ]);
  const server = createServer((request, response) => void answer(handlers, request, response));
  return {
    name: 'admin',
    address: () => formatListenAddress(options.address, boundPort(server)),
    async start(fail) {
      await listen(server, options.address);
      server.on('error', fail);
    },
    stop: () => close(server),
  };
}

async function answerHealth(isHealthy: () => boolean | Promise<boolean>): Promise<AdminResponse> {
  const healthy = await isHealthy();
  return { status: healthy ? 200 : 500, contentType: plainText, body: healthy ? 'OK\n' : 'not serving\n' };
}

async function answer(
  handlers: ReadonlyMap<string, AdminHandler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  const { status, contentType, body } = await callHandler(handlers, request);
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes.byteLength });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function callHandler(
  handlers: ReadonlyMap<string, AdminHandler>,
  request: IncomingMessage,
): Promise<AdminResponse> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const handler = handlers.get(path);
  if (handler === undefined) return { status: 404, contentType: plainText, body: 'not found\n' };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, contentType: plainText, body: 'use GET\n' };
  }
  try {
    return await handler(new URLSearchParams(query));
  } catch {
    return { status: 500, contentType: plainText, body: 'internal error\n' };
  }
}

async function listen(server: Server, address: ListenAddress): Promise<void> {
  if (address.kind === 'unix') await removeStaleSocket(address.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(toListenOptions(address), () => {
      server.off('error', reject);
      resolve();
    });
  });
  if (address.kind === 'unix') await shareSocket(address.path);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function boundPort(server: Server): number | undefined {
  const bound: AddressInfo | string | null = server.address();
  return typeof bound === 'object' ? bound?.port : undefined;
}
