import { createTurns } from './turns.ts';

const { signal } = new AbortController();

test('who comes too many waits until another one has ended, in the order of coming', async () => {
  const turns = createTurns(1);
  const order: string[] = [];
  const first = await turns.take(signal);
  const second = turns.take(signal).then((end) => {
    order.push('second');
    end?.();
  });
  const third = turns.take(signal).then(() => order.push('third'));
  await Promise.resolve();
  expect(order).toEqual([]);
  first?.();
  await Promise.all([second, third]);
  expect(order).toEqual(['second', 'third']);
});

test('who waits no longer has no turn, and takes nobody else’s', async () => {
  const turns = createTurns(1);
  const first = await turns.take(signal);
  const impatient = new AbortController();
  const second = turns.take(impatient.signal);
  impatient.abort();
  expect(await second).toBeUndefined();
  expect(await turns.take(impatient.signal)).toBeUndefined();
  first?.();
  expect(await turns.take(signal)).toBeDefined();
});
