import fc from 'fast-check';
import type { AwsCredentials } from './credentials.ts';
import { AwsAuthError } from './errors.ts';
import { createRefreshingCredentials } from './refreshing-credentials.ts';

function setUp({ lifetimeMs = 60_000, random = 0 } = {}) {
  const state = { time: 1_000_000, calls: 0, isDown: false, errors: 0 };
  const pending: (() => void)[] = [];
  let isHeld = false;
  const source = async (): Promise<AwsCredentials> => {
    state.calls += 1;
    const call = state.calls;
    if (isHeld) await new Promise<void>((resolve) => pending.push(resolve));
    if (state.isDown) throw new Error('STS is down');
    return {
      accessKeyId: `AK${call}`,
      secretAccessKey: 's',
      ...(lifetimeMs === Infinity ? {} : { expiration: new Date(state.time + lifetimeMs) }),
    };
  };
  const cache = createRefreshingCredentials({
    source,
    now: () => state.time,
    random: () => random,
    onError: () => {
      state.errors += 1;
    },
  });
  const hold = () => {
    isHeld = true;
  };
  const release = () => {
    isHeld = false;
    for (const resolve of pending.splice(0)) resolve();
  };
  return { state, cache, hold, release };
}

/** Lets what runs in the background come to its end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('many callers share one fetch, and later ones get the answer at once', async () => {
  const { state, cache, hold, release } = setUp();
  hold();
  const waiting = Array.from({ length: 100 }, async () => cache.get());
  release();
  expect(new Set((await Promise.all(waiting)).map((credentials) => credentials.accessKeyId))).toEqual(
    new Set(['AK1']),
  );
  expect(state.calls).toBe(1);
  expect(cache.get()).toMatchObject({ accessKeyId: 'AK1' });
});

test('credentials without an expiry are fetched once', async () => {
  const { state, cache } = setUp({ lifetimeMs: Infinity });
  await cache.get();
  state.time += 1e12;
  expect(cache.get()).toMatchObject({ accessKeyId: 'AK1' });
});

test.each([
  [6000, 4500],
  [60_000, 45_000],
  [3_600_000, 3_300_000],
])(
  'with a lifetime of %i ms new ones are fetched after %i ms, and nobody waits',
  async (lifetimeMs, refreshAfter) => {
    const { state, cache } = setUp({ lifetimeMs });
    await cache.get();
    state.time += refreshAfter - 1;
    expect(cache.get()).toMatchObject({ accessKeyId: 'AK1' });
    await settle();
    expect(state.calls).toBe(1);
    state.time += 1;
    expect(cache.get()).toMatchObject({ accessKeyId: 'AK1' });
    await settle();
    expect(cache.get()).toMatchObject({ accessKeyId: 'AK2' });
  },
);

test('the old ones serve until they really expire, then the failure is told', async () => {
  const { state, cache } = setUp();
  await cache.get();
  state.isDown = true;
  state.time += 59_999;
  expect(cache.get()).toMatchObject({ accessKeyId: 'AK1' });
  await settle();
  expect(state.errors).toBe(1);
  state.time += 1000;
  await expect((async () => cache.get())()).rejects.toMatchObject({
    code: 'credentials_unavailable',
    message: 'no AWS credentials: STS is down',
  });
  state.isDown = false;
  state.time += 30_000;
  expect(await cache.get()).toMatchObject({ accessKeyId: `AK${state.calls}` });
});

test('a source that is down is not asked by each request', async () => {
  const { state, cache } = setUp();
  state.isDown = true;
  const ask = async () => cache.get();
  await expect(ask()).rejects.toThrow('STS is down');
  for (let index = 0; index < 50; index += 1) await expect(ask()).rejects.toThrow('STS is down');
  expect(state.calls).toBe(1);
  state.time += 250;
  await expect(ask()).rejects.toThrow('STS is down');
  state.time += 499;
  await expect(ask()).rejects.toThrow('STS is down');
  expect(state.calls).toBe(2);
  state.time += 1;
  state.isDown = false;
  expect(await ask()).toMatchObject({ accessKeyId: 'AK3' });
});

test('a source that hangs does not hold its callers for ever', async () => {
  const never = createRefreshingCredentials({
    source: () => new Promise(() => undefined),
    now: () => 0,
    random: () => 0,
    timeoutMs: 1,
  });
  await expect((async () => never.get())()).rejects.toThrow('no AWS credentials within 1 ms');
});

test('credentials that have expired already are a failure, not a loop', async () => {
  const { cache } = setUp({ lifetimeMs: -1 });
  await expect((async () => cache.get())()).rejects.toThrow('expired');
});

test('errors of the source keep their code', async () => {
  const error = new AwsAuthError('invalid_credentials_file', 'x');
  const cache = createRefreshingCredentials({
    source: () => Promise.reject(error),
    now: () => 0,
    random: () => 0,
  });
  await expect((async () => cache.get())()).rejects.toMatchObject({
    code: 'invalid_credentials_file',
    message: 'x',
  });
});

test('a failure says when the source is asked again, later each time up to 10 s', async () => {
  const { state, cache } = setUp();
  state.isDown = true;
  const waits: unknown[] = [];
  for (let index = 0; index < 8; index += 1) {
    const error: unknown = await (async () => cache.get())().catch((reason: unknown) => reason);
    waits.push((error as AwsAuthError).retryAfterMs);
    state.time += 10_000;
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

describe('credentials that AWS refuses', () => {
  test('are replaced once, however many say so, and later ones get the new at once', async () => {
    const { state, cache, hold, release } = setUp();
    const refused = await cache.get();
    hold();
    const replacements = Array.from({ length: 50 }, () => cache.replace(refused));
    expect(cache.get()).toBe(refused);
    release();
    expect(new Set(await Promise.all(replacements))).toEqual(new Set([true]));
    expect(await cache.replace(refused)).toBe(true);
    expect(cache.get()).toMatchObject({ accessKeyId: 'AK2' });
    expect(state.calls).toBe(2);
  });

  test('serve on when there are no others', async () => {
    const { state, cache } = setUp();
    const refused = await cache.get();
    state.isDown = true;
    expect(await cache.replace(refused)).toBe(false);
    expect(cache.get()).toBe(refused);
  });

  test('are fetched again only after a while when the new ones are refused too', async () => {
    const { state, cache } = setUp({ lifetimeMs: 3_600_000 });
    expect(await cache.replace(await cache.get())).toBe(true);
    expect(await cache.replace(await cache.get())).toBe(false);
    expect(state.calls).toBe(2);
    state.time += 10_000;
    expect(await cache.replace(await cache.get())).toBe(true);
    expect(state.calls).toBe(3);
  });

  test('that never change are no reason to ask AWS again', async () => {
    const cache = createRefreshingCredentials({
      source: () => Promise.resolve({ accessKeyId: 'AK', secretAccessKey: 's' }),
      now: () => 0,
      random: () => 0,
    });
    expect(await cache.replace(await cache.get())).toBe(false);
  });
});

test("expiries are read by the provider's clock", async () => {
  const { state, cache } = setUp({ lifetimeMs: 3_600_000 });
  await cache.get();
  // Seen from AWS, whose clock is ahead, they are about to expire.
  cache.clock.learn(new Date(state.time + 3_400_000).toUTCString());
  expect(cache.get()).toMatchObject({ accessKeyId: 'AK1' });
  await settle();
  expect(state.calls).toBe(2);
});

test('whatever the times, expired credentials are never given while the source works', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e7 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.integer({ min: 0, max: 1e7 }), { maxLength: 20 }),
      async (lifetimeMs, random, steps) => {
        const { state, cache } = setUp({ lifetimeMs, random });
        for (const step of steps) {
          state.time += step;
          const { expiration } = await cache.get();
          expect(expiration?.getTime()).toBeGreaterThan(state.time);
          await settle();
        }
      },
    ),
  );
});
