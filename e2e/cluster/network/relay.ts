import { connect, createServer, type Server, type Socket } from 'node:net';

/** An address of TCP. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/** Something that listens. */
export interface Listening {
  /** Stops it, and cuts what is open. */
  stop(): Promise<void>;
}

/** Passes bytes both ways; an end of one side is passed on, a failure cuts both. */
export function joinSockets(left: Socket, right: Socket): void {
  const pairs: readonly (readonly [Socket, Socket])[] = [
    [left, right],
    [right, left],
  ];
  for (const [from, to] of pairs) {
    from.on('error', () => to.resetAndDestroy());
    from.once('close', () => to.destroy());
    from.pipe(to);
  }
}

const open = (target: Target): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });

async function openFirst(targets: readonly Target[]): Promise<Socket | undefined> {
  for (const target of targets) {
    const socket = await open(target).catch(() => undefined);
    if (socket !== undefined) return socket;
  }
  return undefined;
}

/** Stops a server and everything that it has accepted. */
export function stopServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    for (const socket of sockets) socket.destroy();
  });
}

/**
 * Passes connections on, as the network of a cluster does for Services: each goes to the first target that takes it, and is
 * refused when none does.
 * @param targets - asked for each connection
 */
export async function startRelay(at: Target, targets: () => readonly Target[]): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    void openFirst(targets()).then((target) => {
      if (target === undefined || client.destroyed) {
        client.resetAndDestroy();
        target?.destroy();
      } else joinSockets(client, target);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(at.port, at.address, resolve);
  });
  return { stop: () => stopServer(server, sockets) };
}
