import { durationMs, type RetryPolicy } from '@aigw/api-types';
import type { JsonObject } from '../json.ts';
import type { ResolvedRule } from '../resolve/resolved-route.ts';
import { seconds, typed } from './names.ts';

/** What another backend may do better: it is too slow, its model failed, or it is throttled, broken, overloaded or away. */
const fallbackStatuses = [408, 424, 429, 500, 502, 503, 504, 529];
const fallbackTriggers = ['connect-failure', 'refused-stream', 'reset', 'retriable-status-codes'];

interface Conditions extends JsonObject {
  readonly retry_on: string;
}

interface Retries extends Conditions {
  readonly num_retries: number;
}

const nextPriority = (attemptsPerPriority: number): JsonObject => ({
  name: 'envoy.retry_priorities.previous_priorities',
  typed_config: typed('envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig', {
    update_frequency: attemptsPerPriority,
  }),
});

const otherHost: JsonObject = {
  name: 'envoy.retry_host_predicates.previous_hosts',
  typed_config: typed('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate', {}),
};

/** Where a retry goes: to the next priority when there are several, else to another host. */
function selection(rule: ResolvedRule, attemptsPerPriority: number): JsonObject {
  const priorities = new Set(rule.backends.map(({ priority }) => priority));
  if (priorities.size > 1) return { retry_priority: nextPriority(attemptsPerPriority) };
  if (rule.backends.flatMap(({ endpoints }) => endpoints).length < 2) return {};
  return { retry_host_predicate: [otherHost], host_selection_retry_max_attempts: 5 };
}

function conditions({
  triggers = [],
  httpStatusCodes = [],
}: NonNullable<RetryPolicy['retryOn']>): Conditions {
  const given = triggers.length + httpStatusCodes.length === 0 ? fallbackTriggers : triggers;
  const needsStatuses = httpStatusCodes.length > 0 && !given.includes('retriable-status-codes');
  return {
    retry_on: [...given, ...(needsStatuses ? ['retriable-status-codes'] : [])].join(','),
    retriable_status_codes: httpStatusCodes.length > 0 ? httpStatusCodes : fallbackStatuses,
  };
}

function backOffOf({
  baseInterval,
  maxInterval,
}: {
  baseInterval?: string | undefined;
  maxInterval?: string | undefined;
}): JsonObject {
  return {
    base_interval: seconds(durationMs(baseInterval ?? '25ms')),
    ...(maxInterval !== undefined && { max_interval: seconds(durationMs(maxInterval)) }),
  };
}

function fromPolicy({ retryOn, numRetries, perRetry }: RetryPolicy): Retries {
  return {
    ...conditions(retryOn ?? {}),
    num_retries: numRetries ?? 2,
    ...(perRetry?.timeout !== undefined && { per_try_timeout: seconds(durationMs(perRetry.timeout)) }),
    ...(perRetry?.backOff !== undefined && { retry_back_off: backOffOf(perRetry.backOff) }),
  };
}

function fallback(rule: ResolvedRule): Retries | undefined {
  if (rule.backends.length < 2) return undefined;
  return {
    retry_on: fallbackTriggers.join(','),
    retriable_status_codes: fallbackStatuses,
    num_retries: rule.backends.length - 1,
    retry_back_off: { base_interval: '0.025s', max_interval: '0.25s' },
  };
}

/** The longest silence of an attempt, in milliseconds, where the configuration has one. */
export function streamIdleMs({ rule, timeouts }: ResolvedRule): number | undefined {
  const written = rule.streamIdleTimeout ?? timeouts?.http?.streamIdleTimeout;
  return written === undefined ? undefined : durationMs(written);
}

/**
 * The processor marks the answer to a signature that the next one will do better than: the credentials were revoked, or the
 * clock was off. Such a retry needs no policy of the user's, and none forbids it.
 */
function signAgain(rule: ResolvedRule, base: Retries | undefined): JsonObject | undefined {
  if (!rule.backends.some(({ auth }) => auth?.aws !== undefined)) return base;
  const mark = { retriable_headers: [{ name: 'x-ai-eg-sign-again', present_match: true }] };
  if (base === undefined || base.num_retries === 0) {
    return { retry_on: 'retriable-headers', num_retries: 1, ...mark };
  }
  return { ...base, retry_on: `${base.retry_on},retriable-headers`, ...mark };
}

/** When and where a rule's requests are tried again; a rule with several backends falls back by default. */
export function retryPolicy(rule: ResolvedRule): JsonObject | undefined {
  const base = signAgain(rule, rule.retry === undefined ? fallback(rule) : fromPolicy(rule.retry));
  const idle = streamIdleMs(rule);
  if (base === undefined && idle === undefined) return undefined;
  return {
    ...base,
    ...(base !== undefined && selection(rule, rule.retry?.numAttemptsPerPriority ?? 1)),
    ...(idle !== undefined && { per_try_idle_timeout: seconds(idle) }),
  };
}
