import { EventEmitter } from 'node:events';
import { runServices, type Service } from './lifecycle.ts';
import { createLogger } from './logger.ts';

const logger = createLogger({ level: 'error', format: 'json', write: () => undefined });

function setUp(drainTimeoutMs = 10_000) {
  const events: string[] = [];
  const signals = new EventEmitter();
  const codes: number[] = [];
  const options = { logger, signals, drainTimeoutMs, exit: (code: number) => codes.push(code) };
  const service = (name: string, more: Partial<Service> = {}): Service => ({
    name,
    start() {
      events.push(`start ${name}`);
      return Promise.resolve();
    },
    stop() {
      events.push(`stop ${name}`);
      return Promise.resolve();
    },
    ...more,
  });
  return { events, signals, codes, options, service };
}

test.each(['SIGTERM', 'SIGINT'])(
  '%s stops the services in the opposite order, exit code 0',
  async (signal) => {
    const { events, signals, options, service } = setUp();
    const onReady = () => {
      events.push('ready');
      signals.emit(signal);
    };
    const code = await runServices([service('a'), service('b')], { ...options, onReady });
    expect(code).toBe(0);
    expect(events).toEqual(['start a', 'start b', 'ready', 'stop b', 'stop a']);
    expect(signals.listenerCount('SIGTERM') + signals.listenerCount('SIGINT')).toBe(0);
  },
);

test('a failed start stops what had started, exit code 1, never ready', async () => {
  const { events, options, service } = setUp();
  const broken = service('b', { start: () => Promise.reject(new Error('port in use')) });
  const onReady = () => events.push('ready');
  expect(await runServices([service('a'), broken, service('c')], { ...options, onReady })).toBe(1);
  expect(events).toEqual(['start a', 'stop a']);
});

test('a service that dies later stops the others, exit code 1', async () => {
  const { events, options, service } = setUp();
  let fail: (error: unknown) => void = () => undefined;
  const mortal = service('b', {
    start: (onFailure) => {
      fail = onFailure;
      return Promise.resolve();
    },
  });
  const onReady = () => fail(new Error('gone'));
  expect(await runServices([service('a'), mortal], { ...options, onReady })).toBe(1);
  expect(events).toEqual(['start a', 'stop b', 'stop a']);
});

test('one service that cannot stop does not keep the others running, exit code 1', async () => {
  const { events, signals, options, service } = setUp();
  const stuck = service('b', { stop: () => Promise.reject(new Error('stuck')) });
  const onReady = () => signals.emit('SIGTERM');
  expect(await runServices([service('a'), stuck], { ...options, onReady })).toBe(1);
  expect(events).toEqual(['start a', 'start b', 'stop a']);
});

test('the deadline tells services to cut their work', async () => {
  const { signals, options, service } = setUp(1);
  const slow = service('slow', {
    stop: (deadline) => new Promise((resolve) => deadline.addEventListener('abort', () => resolve())),
  });
  const onReady = () => signals.emit('SIGTERM');
  expect(await runServices([slow], { ...options, onReady })).toBe(0);
});

test('a service that ignores the deadline is left behind, and the others still stop, exit code 1', async () => {
  const { events, signals, options, service } = setUp(1);
  const deaf = service('deaf', { stop: () => new Promise(() => undefined) });
  const onReady = () => signals.emit('SIGTERM');
  expect(await runServices([service('a'), deaf], { ...options, cutTimeoutMs: 1, onReady })).toBe(1);
  expect(events).toEqual(['start a', 'start deaf', 'stop a']);
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
])('the second signal, %s, ends the process at once with %i', async (second, expected) => {
  const { signals, codes, options, service } = setUp();
  const draining = service('draining', {
    stop: () => {
      signals.emit(second);
      return Promise.resolve();
    },
  });
  const onReady = () => signals.emit('SIGTERM');
  await runServices([draining], { ...options, onReady });
  expect(codes).toEqual([expected]);
});

test('an abort signal stops like a signal', async () => {
  const { events, options, service } = setUp();
  expect(await runServices([service('a')], { ...options, abort: AbortSignal.abort() })).toBe(0);
  expect(events).toEqual([]);
});
