import type { StandalonePlan } from '@aigw/planner';

import { isExtprocHealthy } from '../admin/gateway-admin.ts';
import type { EnvoyAdmin } from '../envoy/envoy-admin.ts';
import { urlOf } from './announce.ts';
import { pollUntil } from './poll-until.ts';

const startTimeoutMs = 60_000;
const intervalMs = 20;
const probeTimeoutMs = 5_000;

/** Whom to ask whether a request can be served. */
export interface ReadinessOptions {
  extprocAdminSocket: string;
  envoy: Pick<EnvoyAdmin, 'isReady'>;
  listeners: StandalonePlan['listeners'];
  /** Aborted when waiting is pointless. */
  signal: AbortSignal;
}

/** Waits until extproc and Envoy are up and a real request to each listener is answered. @returns whether that came true */
export async function waitUntilServing(options: ReadinessOptions): Promise<boolean> {
  const { extprocAdminSocket, envoy, listeners, signal } = options;
  const poll = { timeoutMs: startTimeoutMs, intervalMs, signal };
  if (!(await pollUntil(() => isExtprocHealthy(extprocAdminSocket), poll))) return false;
  if (!(await pollUntil(() => envoy.isReady(), poll))) return false;
  const answers = listeners.map(({ address, port }) => pollUntil(() => isAnswering(address, port), poll));
  return (await Promise.all(answers)).every(Boolean);
}

/** The model list is answered by extproc itself: no provider is asked. */
async function isAnswering(host: string, port: number): Promise<boolean> {
  const response = await fetch(`${urlOf(host, port)}/v1/models`, {
    signal: AbortSignal.timeout(probeTimeoutMs),
  });
  await response.body?.cancel();
  return response.status < 500;
}
