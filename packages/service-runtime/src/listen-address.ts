import { chmod, lstat, rm } from 'node:fs/promises';
import { createConnection, type ListenOptions } from 'node:net';

/** Where a server listens. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/**
 * Reads `:1063`, `host:1063`, `[::1]:1063` or `unix:///path`; without a host, every interface.
 * @throws Error with the accepted forms.
 */
export function parseListenAddress(text: string): ListenAddress {
  const unix = /^unix:(?:\/{3,}|\/)([^/].*)$/.exec(text)?.[1];
  if (unix !== undefined) return { kind: 'unix', path: `/${unix}` };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new Error('expected host:port, :port or unix:///path');
  return { kind: 'tcp', host: match[1] ?? match[2] ?? '', port };
}

/** The options of `server.listen` for an address. */
export function toListenOptions(address: ListenAddress): ListenOptions {
  if (address.kind === 'unix') return { path: address.path };
  return address.host === '' ? { port: address.port } : { port: address.port, host: address.host };
}

/** The address as users write it, with the port that was really bound. */
export function formatListenAddress(address: ListenAddress, boundPort?: number): string {
  if (address.kind === 'unix') return `unix://${address.path}`;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${boundPort ?? address.port}`;
}

/**
 * Removes a socket file that nobody listens on any more.
 * @throws Error when the path is something else, or when a living process answers there.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const entry = await lstat(path).catch(() => undefined);
  if (entry === undefined) return;
  if (!entry.isSocket()) throw new Error(`${path} exists and is not a socket`);
  if (await isAnswering(path)) throw new Error(`${path} is in use by another process`);
  await rm(path, { force: true });
}

/** Lets the owner and the group connect; Envoy often runs as another user of the same group. */
export async function shareSocket(path: string): Promise<void> {
  await chmod(path, 0o775);
}

function isAnswering(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => finish(true));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
