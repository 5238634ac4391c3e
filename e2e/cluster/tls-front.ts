import { readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

/** A port that speaks TLS in front of one that does not. */
export interface TlsFront {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts it; bytes pass both ways. */
export async function startTlsFront(
  certificate: { readonly certificate: string; readonly key: string },
  targetPort: number,
): Promise<TlsFront> {
  const tls = { cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) };
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer(tls, (client) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
      socket.on('error', () => socket.destroy());
    }
    client.pipe(target).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}
