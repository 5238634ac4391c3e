import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { joinSockets, type Listening, stopServer, type Target } from './network/relay.ts';

/**
 * Speaks TLS in front of what does not.
 * @param targetOf - by the name that the client asks for
 */
export async function startTlsFront(
  certificate: { readonly certificate: string; readonly key: string },
  at: Target,
  targetOf: (name: string) => Target,
): Promise<Listening> {
  const tls = { cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) };
  const sockets = new Set<Socket>();
  const server = createServer(tls, (client) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    const { address, port } = targetOf(client.servername || '');
    joinSockets(client, connect({ host: address, port, noDelay: true }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(at.port, at.address, resolve);
  });
  return { stop: () => stopServer(server, sockets) };
}
