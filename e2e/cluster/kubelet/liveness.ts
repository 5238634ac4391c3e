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
  /** When to look again, as `Date.now()` has it. */
  readonly dueAt: number;
}

/** Between two looks at a container that has not started yet. */
const startupEveryMs = 500;

export function createLiveness(): Liveness {
  const looks = new Map<Container, LastLook>();

  const check = async (container: Container): Promise<void> => {
    const { spec, restarts, startedAt, program } = container;
    if (spec.livenessProbe === undefined || program.hasEnded()) return;
    const { initialDelaySeconds, periodSeconds, failureThreshold } = { ...defaults, ...spec.livenessProbe };
    const known = looks.get(container);
    const first = { restarts, isStarted: false, failures: 0 };
    const { isStarted, failures, dueAt } =
      known?.restarts === restarts
        ? known
        : { ...first, dueAt: startedAt.getTime() + 1000 * initialDelaySeconds };
    const now = Date.now();
    if (now < dueAt) return;
    if (!isStarted) {
      const hasStarted = await container.probe('startupProbe');
      looks.set(container, { ...first, isStarted: hasStarted, dueAt: now + startupEveryMs });
      return;
    }
    const count = (await container.probe('livenessProbe')) ? 0 : failures + 1;
    looks.set(container, { restarts, isStarted, failures: count, dueAt: now + 1000 * periodSeconds });
    if (count >= failureThreshold) container.kill('SIGKILL');
  };

  return {
    checkIfDue: async (containers) => {
      await Promise.all([...containers].map(check));
    },
  };
}
