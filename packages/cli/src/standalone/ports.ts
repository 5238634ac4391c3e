import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { CliError, codeOf, messageOf } from '../errors.ts';

/** Whether a port can be listened on, and if not, why. */
export type PortState = 'free' | 'denied' | 'in use' | 'no such address';

/** Tries to listen on a port for a moment. */
export async function probePort(host: string, port: number): Promise<PortState> {
  const result = await listenOnce(host, port);
  return typeof result === 'number' ? 'free' : result;
}

/**
 * What to say when a port that a flag chooses could not be listened on; `thrown` is the failure of listening.
 * @param what The port's purpose, such as `the admin port`.
 */
export function refusePort(
  what: string,
  { host, port, flag }: { readonly host: string; readonly port: number; readonly flag: string },
  thrown: unknown,
): CliError {
  const state = codeOf(thrown) === undefined ? messageOf(thrown) : `is ${describeRefusal(thrown)}`;
  return new CliError('setup', `${what} ${port} on ${host} ${state}; choose another with ${flag}`, {
    cause: thrown,
  });
}

const [lowest, highest] = [10_000, 32_767];
const tries = 50;

/**
 * A port that nobody listens on now, below those that the kernel gives to outgoing connections, one of which could
 * have it before we do. @throws CliError `setup` when the address is not ours
 */
export async function findFreePort(host: string): Promise<number> {
  for (let tried = 0; tried < tries; tried += 1) {
    const port = randomInt(lowest, highest + 1);
    if ((await probePort(host, port)) === 'free') return port;
  }
  const result = await listenOnce(host, 0);
  if (typeof result === 'string') {
    throw new CliError('setup', `cannot listen on ${host}: ${result} on this machine; choose another --host`);
  }
  return result;
}

async function listenOnce(host: string, port: number): Promise<number | Exclude<PortState, 'free'>> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (thrown) {
    return describeRefusal(thrown);
  } finally {
    server.close();
  }
}

function describeRefusal(thrown: unknown): Exclude<PortState, 'free'> {
  const code = codeOf(thrown);
  if (code === 'EACCES') return 'denied';
  if (code === 'EADDRINUSE') return 'in use';
  return 'no such address';
}

const firstUnprivilegedPort = 1024;
const shift = 10_000;

/** Decides once which port stands in for each requested one, and keeps to it, so that a reload moves nothing. */
export interface PortTable {
  /** Probes ports that are asked for the first time. Those below 1024 that cannot be had move up by 10000. */
  prepare: (requested: Iterable<number>) => Promise<void>;
  bindPort: (requested: number) => number;
}

/** Creates an empty table for listeners on `host`. `note` hears of each move. */
export function createPortTable(host: string, note: (line: string) => void): PortTable {
  const decided = new Map<number, number>();
  return {
    async prepare(requested) {
      for (const port of requested) {
        if (decided.has(port) || port >= firstUnprivilegedPort) continue;
        const state = await probePort(host, port);
        const bound = state === 'free' ? port : port + shift;
        decided.set(port, bound);
        if (bound !== port)
          note(`port ${port} is ${state === 'denied' ? 'privileged' : state}: listening on ${bound} instead`);
      }
    },
    bindPort: (requested) => decided.get(requested) ?? requested,
  };
}
