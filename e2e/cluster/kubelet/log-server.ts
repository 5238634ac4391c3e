import { createServer, type Server } from 'node:https';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

/** The part of a kubelet's own API that `kubectl logs` needs. */
export interface LogServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** What a container has written so far; `undefined` for one that does not run here. */
export type FindLog = (namespace: string, pod: string, container: string) => string | undefined;

const lastLines = (text: string, count: string | null): string =>
  count === null ? text : `${text.trimEnd().split('\n').slice(-Number(count)).join('\n')}\n`;

/** Serves `/containerLogs/{namespace}/{pod}/{container}` to the API server. */
export async function startLogServer(
  certificate: { readonly certificate: string; readonly key: string },
  findLog: FindLog,
): Promise<LogServer> {
  const tls = { cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) };
  const server: Server = createServer(tls, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://kubelet');
    const [, kind, namespace = '', pod = '', container = ''] = pathname.split('/');
    const log = kind === 'containerLogs' ? findLog(namespace, pod, container) : undefined;
    response.statusCode = log === undefined ? 404 : 200;
    response.end(log === undefined ? 'no such container' : lastLines(log, searchParams.get('tailLines')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
