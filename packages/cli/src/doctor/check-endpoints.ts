import type { Endpoint } from '@aigw/planner';

import { type Finding, ok, warn, fail } from './finding.ts';
import { describeNetworkFailure } from './network-trouble.ts';
import { type CheckLimits, runCheck } from './run-check.ts';
import { type SendOptions, sendRequest } from './send-request.ts';
import type { Target } from './target.ts';

/** What the checks of servers need from outside. */
export interface EndpointChecks {
  readonly limits: CheckLimits;
  readonly send: Omit<SendOptions, 'signal'>;
}

/** Whether every server can be reached, by DNS, TCP and TLS as Envoy does it; and whether the clock agrees with theirs. */
export async function checkEndpoints(
  targets: readonly Target[],
  { limits, send }: EndpointChecks,
): Promise<Finding[]> {
  const all = targets.flatMap(({ planned }) => planned.endpoints);
  const endpoints = [...new Map(all.map((endpoint) => [JSON.stringify(endpoint), endpoint])).values()];
  const skews: number[] = [];
  const findings = await Promise.all(
    endpoints.map((endpoint) => {
      const checked = { check: 'endpoint', subject: endpoint.host } as const;
      return runCheck(checked, limits, async (signal) => {
        try {
          const answer = await sendRequest(endpoint, { method: 'GET', path: '/' }, { ...send, signal });
          if (answer.clockSkewMs !== undefined) skews.push(answer.clockSkewMs);
          return ok(
            checked,
            `${addressOf(endpoint)}${endpoint.tls ? ' with TLS' : ''} answers in ${answer.tookMs} ms`,
          );
        } catch (thrown) {
          if (signal.aborted) throw thrown;
          return fail(checked, describeNetworkFailure(thrown, addressOf(endpoint)));
        }
      });
    }),
  );
  return endpoints.length === 0 ? [] : [...findings, checkClock(skews)];
}

/** Where an endpoint is connected to. */
export function addressOf({ address }: Endpoint): string {
  if (address.kind === 'unix') return address.path;
  return `${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`;
}

const tolerableMs = 60_000;
/** AWS refuses signatures that are older or younger. */
const refusedMs = 5 * 60_000;

/** Whether the clock is right enough to sign with. */
export function checkClock(skewsMs: readonly number[]): Finding {
  const checked = { check: 'clock' } as const;
  const fix =
    'set it by the network: timedatectl set-ntp true (in a virtual machine, restart its time service)';
  if (skewsMs.length === 0) {
    return warn(checked, {
      message: 'not compared: no server said its time',
      fix: 'see the endpoints above',
    });
  }
  const worst = skewsMs.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  const seconds = Math.round(Math.abs(worst) / 1000);
  const message = seconds === 0 ? 'right' : `${seconds} s ${worst > 0 ? 'ahead' : 'behind'}`;
  if (Math.abs(worst) <= tolerableMs) return ok(checked, message);
  if (Math.abs(worst) < refusedMs) return warn(checked, { message, fix });
  return fail(checked, { message: `${message}: AWS refuses signatures that are 5 minutes off`, fix });
}
