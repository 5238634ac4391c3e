import { setImmediate } from 'node:timers/promises';
import { createQuietLogger } from '../__fixtures__/quiet-logger.ts';
import { createController } from './controller.ts';
import { ControllerError } from './errors.ts';

async function reconcileUntil(
  attempts: number,
  reconcile: (attempt: number) => Promise<void>,
): Promise<{ outcomes: string[]; lines: string[] }> {
  const stop = new AbortController();
  const logger = createQuietLogger();
  const outcomes: string[] = [];
  let attempt = 0;
  const controller = createController({
    name: 'test',
    logger,
    reconcile: () => reconcile(++attempt),
    onResult: (_name, outcome) => {
      outcomes.push(outcome);
      if (outcomes.length === attempts) stop.abort();
    },
  });
  controller.enqueue('n/a');
  await controller.run(stop.signal);
  return { outcomes, lines: logger.lines };
}

describe('createController', () => {
  test('what fails is logged and tried again', async () => {
    const { outcomes, lines } = await reconcileUntil(3, (attempt) =>
      attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve(),
    );
    expect(outcomes).toEqual(['failed', 'failed', 'succeeded']);
    expect(lines).toEqual(['error reconcile failed', 'error reconcile failed']);
  });

  test('what cannot get better is logged and left', async () => {
    const { outcomes } = await reconcileUntil(1, () => Promise.reject(new ControllerError('terminal', 'no')));
    expect(outcomes).toEqual(['succeeded']);
  });

  test('many keys with nothing to write let others go on', async () => {
    const stop = new AbortController();
    let done = 0;
    const reconcile = (): Promise<void> => {
      done += 1;
      return Promise.resolve();
    };
    const controller = createController({ name: 'test', logger: createQuietLogger(), reconcile });
    for (let key = 0; key < 100; key += 1) controller.enqueue(`n/${key}`);
    const running = controller.run(stop.signal);
    await setImmediate();
    await setImmediate();
    expect(done).toBeLessThan(100);
    while (controller.pending > 0) await setImmediate();
    expect(done).toBe(100);
    stop.abort();
    await running;
  });
});
