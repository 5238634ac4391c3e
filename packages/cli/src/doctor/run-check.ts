import { messageOf } from '../errors.ts';
import { type Checked, fail, type Finding } from './finding.ts';

/** What a check may take, and whose end it hears of. */
export interface CheckLimits {
  readonly timeoutMs: number;
  /** Aborted when nobody waits for the report any more. */
  readonly stop: AbortSignal;
}

/** Runs one check. One that does not end in time, or that breaks, is a failed check and never a failed report. */
export async function runCheck(
  checked: Checked,
  { timeoutMs, stop }: CheckLimits,
  check: (signal: AbortSignal) => Promise<Finding>,
): Promise<Finding> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([timeout, stop]);
  try {
    return await Promise.race([check(signal), rejectOnAbort(signal)]);
  } catch (thrown) {
    if (!timeout.aborted) return fail(checked, { message: firstLineOf(thrown), fix: unexpected });
    const message = `no answer within ${timeoutMs / 1000} s`;
    return fail(checked, { message, fix: 'try again, or allow more time with --timeout SECONDS' });
  }
}

const unexpected = 'this was not expected: please report it with the line above';

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
    if (signal.aborted) reject(new Error('stopped'));
  });
}

/** The first line of what was thrown: those that follow may quote a request with its credentials. */
export function firstLineOf(thrown: unknown): string {
  return (messageOf(thrown).split('\n', 1)[0] ?? '').slice(0, 300);
}

/** Runs `work` on every item, at most `limit` at a time; results in the order of the items. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
