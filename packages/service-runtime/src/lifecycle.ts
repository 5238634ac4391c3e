import type { Logger } from './logger.ts';

/** A part of a process that is started and stopped with it. */
export interface Service {
  readonly name: string;
  /**
   * Resolves when the service is ready for use.
   * @param fail Call it when the service dies later, by itself: the process then stops and exits with 1.
   */
  start(fail: (error: unknown) => void): Promise<void>;
  /** Lets running work finish; `deadline` aborts when there is no time left, and the service must then cut it. */
  stop(deadline: AbortSignal): Promise<void>;
}

/** Where signals come from: `process`, or an event emitter in tests. */
export interface SignalSource {
  on(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  off(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

export interface LifecycleOptions {
  readonly logger: Logger;
  readonly signals: SignalSource;
  /** Ends the process at once; called for the second signal. */
  readonly exit: (code: number) => void;
  /** How long running work may take after the first signal. */
  readonly drainTimeoutMs: number;
  /** How long each service may take to cut its work after that before it is left behind; 2 s when absent. */
  readonly cutTimeoutMs?: number;
  /** Called once, when every service has started. */
  readonly onReady?: () => void;
  /** Another reason to stop, without a signal. */
  readonly abort?: AbortSignal;
}

/**
 * Starts services in order, waits for SIGTERM, SIGINT or a failure, and stops them in the opposite order.
 * A service whose start fails stops those before it. The second signal ends the process at once.
 * @returns the exit code: 0 after a signal, 1 after a failure. Never rejects.
 */
export async function runServices(services: readonly Service[], options: LifecycleOptions): Promise<number> {
  const { logger } = options;
  const stopping = createStopTrigger(options);
  const started: Service[] = [];
  try {
    for (const service of services) {
      if (stopping.isTriggered()) break;
      await service.start((error) => stopping.fail(service.name, error));
      started.push(service);
    }
    if (started.length === services.length) options.onReady?.();
    await stopping.triggered;
  } catch (error) {
    stopping.fail('start', error);
  }
  const isClean = await stopServices(started.reverse(), options);
  stopping.dispose();
  const hasFailed = stopping.hasFailed() || !isClean;
  logger.info('stopped', { clean: !hasFailed });
  return hasFailed ? 1 : 0;
}

interface StopTrigger {
  readonly triggered: Promise<void>;
  isTriggered(): boolean;
  hasFailed(): boolean;
  fail(service: string, error: unknown): void;
  dispose(): void;
}

function createStopTrigger({ logger, signals, exit, abort }: LifecycleOptions): StopTrigger {
  let resolve: () => void = () => undefined;
  const triggered = new Promise<void>((settle) => {
    resolve = settle;
  });
  let isTriggered = false;
  let hasFailed = false;
  let signalCount = 0;
  const trigger = (): void => {
    isTriggered = true;
    resolve();
  };
  const listen = (signal: 'SIGTERM' | 'SIGINT', code: number): (() => void) => {
    const listener = (): void => {
      signalCount += 1;
      if (signalCount > 1) {
        exit(code);
        return;
      }
      logger.info('stopping', { signal });
      trigger();
    };
    signals.on(signal, listener);
    return () => signals.off(signal, listener);
  };
  const disposers = [listen('SIGTERM', 143), listen('SIGINT', 130)];
  if (abort?.aborted === true) trigger();
  abort?.addEventListener('abort', trigger);
  return {
    triggered,
    isTriggered: () => isTriggered,
    hasFailed: () => hasFailed,
    fail(service, error) {
      hasFailed = true;
      logger.error('service failed', { service, error });
      trigger();
    },
    dispose() {
      for (const dispose of disposers) dispose();
      abort?.removeEventListener('abort', trigger);
    },
  };
}

async function stopServices(services: readonly Service[], options: LifecycleOptions): Promise<boolean> {
  const { logger, drainTimeoutMs, cutTimeoutMs = 2000 } = options;
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    logger.warn('drain timed out; running work is cut', { drainTimeoutMs });
    deadline.abort();
  }, drainTimeoutMs);
  let isClean = true;
  for (const service of services) {
    try {
      await stopService(service, deadline.signal, cutTimeoutMs);
    } catch (error) {
      isClean = false;
      logger.error('service did not stop cleanly', { service: service.name, error });
    }
  }
  clearTimeout(timer);
  return isClean;
}

/** Rejects when the service is still running `cutTimeoutMs` after the deadline. */
async function stopService(service: Service, deadline: AbortSignal, cutTimeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let startTimer: () => void = () => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    startTimer = () => {
      timer = setTimeout(() => reject(new Error('it was still running after its time')), cutTimeoutMs);
    };
  });
  if (deadline.aborted) startTimer();
  else deadline.addEventListener('abort', startTimer);
  try {
    await Promise.race([service.stop(deadline), late]);
  } finally {
    clearTimeout(timer);
    deadline.removeEventListener('abort', startTimer);
  }
}
