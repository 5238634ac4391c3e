import type { Container } from './container.ts';

/** Kubernetes' own, for what a probe leaves out. @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#probe-v1-core */
const defaults = { initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3 };

/** Looks after the life of containers: one whose process hangs is ended, and starts again as any other that has ended. */
export interface Liveness {
  /** Asks the probes whose time has come. */
  readonly checkIfDue: (containers: Iterable<Container>) => Promise<void>;
}

interface LastLook {
  readonly restarts: number;
  /** Its startup probe has said yes once: it is not asked again. */
  readonly isStarted: boolean;
  readonly failures: number;
  readonly askedAt: number;
}

export function createLiveness(): Liveness {
  const records = new Map<Container, LastLook>();

  const check = async (container: Container): Promise<void> => {
    const { spec, restarts, startedAt, program } = container;
    if (spec.livenessProbe === undefined || program.hasEnded()) return;
    const { initialDelaySeconds, periodSeconds, failureThreshold } = { ...defaults, ...spec.livenessProbe };
    const known = records.get(container);
    const { isStarted, failures, askedAt } =
      known?.restarts === restarts
        ? known
        : {
            isStarted: false,
            failures: 0,
            askedAt: startedAt.getTime() + 1000 * (initialDelaySeconds - periodSeconds),
          };
    const now = Date.now();
    if (now < askedAt + 1000 * periodSeconds) return;
    const hasStarted = isStarted || (await container.probe('startupProbe'));
    const isAlive = !hasStarted || (await container.probe('livenessProbe'));
    const count = isAlive ? 0 : failures + 1;
    records.set(container, { restarts, isStarted: hasStarted, failures: count, askedAt: now });
    if (count >= failureThreshold) container.kill('SIGKILL');
  };

  return {
    checkIfDue: async (containers) => {
      await Promise.all([...containers].map(check));
    },
  };
}
