import type { PlannedListener } from '@aigw/planner';

import { type PortState, probePort } from '../standalone/ports.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

/** A port that `aigw run` would listen on. */
export interface WantedPort {
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  readonly purpose: string;
  /** What chooses another one. */
  readonly flag: '--port' | '--admin-port';
}

/** The ports of a plan. */
export function listenerPorts(listeners: readonly PlannedListener[]): WantedPort[] {
  return listeners.map(({ address: host, port, name, gateway }) => ({
    host,
    port,
    purpose: `listener ${name} of Gateway ${gateway}`,
    flag: '--port',
  }));
}

/** Whether a port can be listened on. `isOurs` tells whether a gateway of ours already runs on this machine's admin port. */
export async function checkPort(
  { host, port, purpose, flag }: WantedPort,
  isOurs: () => Promise<boolean>,
): Promise<Finding> {
  const checked = { check: 'port', subject: `${host}:${port}` } as const;
  if (port === 0) return ok(checked, `any free port, for the ${purpose}`);
  const state = await probePort(host, port);
  if (state === 'free') return ok(checked, `free, for the ${purpose}`);
  const other = `or choose another with ${flag}`;
  if (state === 'in use' && (await isOurs())) {
    const message = `in use, for the ${purpose}, and an aigw runs here`;
    return warn(checked, {
      message,
      fix: `nothing, if it is the one you want; before you start a second one, stop it, ${other}`,
    });
  }
  return fail(checked, {
    message: `${state}, for the ${purpose}`,
    fix: `${fixes[state](host, port)}, ${other}`,
  });
}

const fixes: Record<Exclude<PortState, 'free'>, (host: string, port: number) => string> = {
  'in use': (_host, port) => `stop what listens there (lsof -i :${port} shows it)`,
  denied: () => 'only root may listen below 1024',
  'no such address': (host) => `${host} is not an address of this machine: choose another --host`,
};

/** Whether what answers on the admin port is an `aigw run`. */
export async function isAigwRunning(host: string, adminPort: number, signal: AbortSignal): Promise<boolean> {
  const name = host.includes(':') ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${name}:${adminPort}/metrics`, { signal });
    return (await response.text()).includes('aigw_up{');
  } catch {
    return false;
  }
}
