import { keyOfMetadata } from '@aigw/controller/kube';

import { fail, type Finding, ok } from '../doctor/finding.ts';
import { notRead } from './fact.ts';
import type { ProxyFacts } from './gather-gateways.ts';

/** What the external processor writes when it gets no credentials, with the policy that asked. */
const failureMessage = 'credentials cannot be fetched';

interface Failure {
  readonly policy: string;
  readonly time: string;
  readonly reason: string;
}

/**
 * Whether a proxy's sidecar could get the credentials of its backends: it gets them ahead of the requests that need them
 * and says in its log which policy failed. A sidecar that cannot be asked is a finding of its own.
 */
export function judgeCredentials({ pod, hasSidecar, log }: ProxyFacts): Finding[] {
  if (!hasSidecar) return [];
  const checked = { check: 'credentials', subject: keyOfMetadata(pod.metadata) } as const;
  if (log.state === 'missing') return [notRead(checked, "its sidecar's log", 'there is none')];
  if (log.state === 'unread') return [notRead(checked, "its sidecar's log", log.reason)];
  const failures = [
    ...new Map(
      log.value
        .split('\n')
        .flatMap(parseFailure)
        .map((one) => [one.policy, one]),
    ).values(),
  ];
  if (failures.length === 0) return [ok(checked, 'no failure in the last hour of its log')];
  return failures.map(({ policy, time, reason }) =>
    fail(checked, {
      message: `${policy}: ${reason} (last at ${time})`,
      fix: 'docs/authentication/troubleshooting.md says what each answer of AWS means; a role of the pod is looked up by kubectl exec with -- env',
    }),
  );
}

const textOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);

/** Lines in JSON are read; of those in text, only that they are there. */
function parseFailure(line: string): Failure[] {
  if (!line.includes(failureMessage)) return [];
  try {
    const { policy, backends, time, error } = Object(JSON.parse(line)) as Record<string, unknown>;
    const users = Array.isArray(backends) ? ` for ${backends.join(', ')}` : '';
    const { message } = Object(error) as { message?: unknown };
    return [
      {
        policy: `${textOr(policy, 'a policy')}${users}`,
        time: textOr(time, 'an unknown time'),
        reason: textOr(message, failureMessage),
      },
    ];
  } catch {
    return [{ policy: 'a policy', time: line.slice(0, 24), reason: failureMessage }];
  }
}
