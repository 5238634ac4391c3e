import fc from 'fast-check';
import { createRateLimiter } from './rate-limiter.ts';
import { createWorkQueue } from './work-queue.ts';

describe('createWorkQueue', () => {
  test('a key that waits is not added again', async () => {
    const queue = createWorkQueue();
    queue.add('a');
    queue.add('a');
    expect(queue.size).toBe(1);
    expect(await queue.take()).toBe('a');
    queue.done('a', 'succeeded');
    expect(queue.size).toBe(0);
  });

  test('a key that is worked on comes again afterwards, and never to two workers at a time', async () => {
    const queue = createWorkQueue();
    queue.add('a');
    await queue.take();
    queue.add('a');
    let isTaken = false;
    const next = queue.take().then((key) => {
      isTaken = true;
      return key;
    });
    await Promise.resolve();
    expect(isTaken).toBe(false);
    queue.done('a', 'succeeded');
    expect(await next).toBe('a');
  });

  test('a failed key comes back after the delay of the limiter', async () => {
    const delays: string[] = [];
    const queue = createWorkQueue({
      next: (key) => {
        delays.push(key);
        return 1;
      },
      forget: () => undefined,
    });
    queue.add('a');
    await queue.take();
    queue.done('a', 'failed');
    expect(queue.size).toBe(0);
    expect(await queue.take()).toBe('a');
    expect(delays).toEqual(['a']);
  });

  test('of two delays the shorter one counts', async () => {
    const queue = createWorkQueue();
    queue.add('a', 60_000);
    queue.add('a', 1);
    queue.add('a', 60_000);
    expect(await queue.take()).toBe('a');
    queue.close();
  });

  test('closing frees every worker and forgets every key', async () => {
    const queue = createWorkQueue();
    const waiting = [queue.take(), queue.take()];
    queue.add('later', 1);
    queue.close();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    queue.add('a');
    expect(await queue.take()).toBeUndefined();
  });

  test('whatever is added while others work, each key is worked on after its last addition', async () => {
    const steps = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (keys, workers) => {
        const queue = createWorkQueue();
        const added = new Map<string, number>();
        const seen = new Map<string, number>();
        const active = new Set<string>();
        const work = async (): Promise<void> => {
          for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
            expect(active.has(key)).toBe(false);
            active.add(key);
            const version = added.get(key) ?? 0;
            await Promise.resolve();
            seen.set(key, version);
            active.delete(key);
            queue.done(key, 'succeeded');
          }
        };
        const running = Array.from({ length: workers }, work);
        for (const [index, key] of keys.entries()) {
          added.set(key, index);
          queue.add(key);
          if (index % 3 === 0) await Promise.resolve();
        }
        while (queue.size > 0) await new Promise((resolve) => setImmediate(resolve));
        queue.close();
        await Promise.all(running);
        expect(seen).toEqual(added);
      }),
    );
  });
});

describe('createRateLimiter', () => {
  test('doubles from 5 ms to a minute for each key, and starts again after a success', () => {
    const limiter = createRateLimiter();
    const delays = Array.from({ length: 20 }, () => limiter.next('a'));
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(delays.at(-1)).toBe(60_000);
    expect(limiter.next('b')).toBe(5);
    limiter.forget('a');
    expect(limiter.next('a')).toBe(5);
  });

  test('may have other limits', () => {
    const limiter = createRateLimiter(100, 300);
    expect(Array.from({ length: 4 }, () => limiter.next('a'))).toEqual([100, 200, 300, 300]);
  });
});
