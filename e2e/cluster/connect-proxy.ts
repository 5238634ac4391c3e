import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { joinSockets, type Listening, stopServer, type Target } from './network/relay.ts';

/** A forward proxy of HTTP/1.1 (RFC 9110, section 9.3.6). */
export interface ConnectProxy extends Listening {
  /** What it was asked to CONNECT to, in the order of the requests. */
  readonly asked: readonly string[];
}

/**
 * Starts a proxy that connects to what it is asked for, and nothing else.
 * @param find - the address of a name
 */
export async function startConnectProxy(at: Target, find: (name: string) => string): Promise<ConnectProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(405).end());
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('connect', ({ url = '', socket: client }, _stream, head) => {
    asked.push(url);
    const { hostname, port } = new URL(`http://${url}`);
    const target = connect({ host: find(hostname), port: Number(port || 80), noDelay: true });
    const refuse = (): void => {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    };
    target.once('error', refuse);
    target.once('connect', () => {
      target.off('error', refuse);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      joinSockets(client, target);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(at.port, at.address, resolve);
  });
  return { asked, stop: () => stopServer(server, sockets) };
}
