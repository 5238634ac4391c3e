import { ok } from './finding.ts';
import { firstLineOf, mapLimited, runCheck } from './run-check.ts';

const checked = { check: 'envoy' } as const;
const stop = new AbortController().signal;
const never = (): Promise<never> => new Promise(() => undefined);

test('a check that ends is what it says', async () => {
  const finding = await runCheck(checked, { timeoutMs: 60_000, stop }, () =>
    Promise.resolve(ok(checked, 'm')),
  );
  expect(finding).toEqual({ check: 'envoy', status: 'ok', message: 'm' });
});

test('a check that hangs fails when its time is over, and is told so', async () => {
  let told: AbortSignal | undefined;
  const finding = await runCheck(checked, { timeoutMs: 20, stop }, (signal) => {
    told = signal;
    return never();
  });
  expect(finding).toMatchObject({
    status: 'fail',
    message: 'no answer within 0.02 s',
    fix: expect.stringContaining('--timeout'),
  });
  expect(told?.aborted).toBe(true);
});

test('a check that breaks fails with the first line of why', async () => {
  const finding = await runCheck(checked, { timeoutMs: 60_000, stop }, () =>
    Promise.reject(new Error('broken\nAuthorization: canary')),
  );
  expect(finding).toMatchObject({ status: 'fail', message: 'broken' });
});

test('a signal ends a check at once', async () => {
  const stopped = AbortSignal.abort();
  expect(await runCheck(checked, { timeoutMs: 60_000, stop: stopped }, never)).toMatchObject({
    status: 'fail',
  });
});

test('what was thrown need not be an error', () => {
  expect([firstLineOf('a\nb'), firstLineOf(undefined)]).toEqual(['a', 'undefined']);
});

test('no more than the limit run at a time, and the results keep their order', async () => {
  let [running, most] = [0, 0];
  const results = await mapLimited([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    running -= 1;
    return item * 10;
  });
  expect([results, most]).toEqual([[50, 10, 40, 20, 30], 2]);
  expect(await mapLimited([], 2, never)).toEqual([]);
});
