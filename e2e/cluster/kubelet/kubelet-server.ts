import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { nodeAddress } from '../network/node-network.ts';
import type { Container } from './container.ts';
import { execProtocol, runExecSession } from './exec-session.ts';

/** The part of a kubelet's own API that `kubectl logs` and `kubectl exec` need. */
export interface KubeletServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A container that runs here, by the namespace and the name of its pod and its own. */
export type FindContainer = (namespace: string, pod: string, container: string) => Container | undefined;

const lastLines = (text: string, count: string | null): string =>
  count === null ? text : `${text.trimEnd().split('\n').slice(-Number(count)).join('\n')}\n`;

const pathOf = (url: string): string => new URL(url, 'https://kubelet').pathname;

/** Serves `/containerLogs/{namespace}/{pod}/{container}` and `/exec/…` to the API server. */
export async function startKubeletServer(
  certificate: { readonly certificate: string; readonly key: string },
  findContainer: FindContainer,
): Promise<KubeletServer> {
  const tls = { cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) };
  const find = ({ url = '/' }: IncomingMessage, wanted: string): Container | undefined => {
    const [, kind, namespace = '', pod = '', container = ''] = pathOf(url).split('/');
    return kind === wanted ? findContainer(namespace, pod, container) : undefined;
  };
  const server: Server = createServer(tls, (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'https://kubelet');
    const log = find(request, 'containerLogs')?.program.log();
    response.statusCode = log === undefined ? 404 : 200;
    response.end(log === undefined ? 'no such container' : lastLines(log, searchParams.get('tailLines')));
  });
  const sessions = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const container = find(request, 'exec');
    const offered = request.headers['sec-websocket-protocol'] ?? '';
    if (container === undefined || !offered.includes(execProtocol)) {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sessions.add(socket);
    socket.once('close', () => sessions.delete(socket));
    runExecSession(request, socket, container);
  });
  await new Promise<void>((resolve) => server.listen(0, nodeAddress, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
        for (const session of sessions) session.destroy();
      }),
  };
}
