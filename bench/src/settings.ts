import { type Workload, workloads } from './workloads.ts';

/** What the environment asks for. */
export interface Settings {
  readonly workloads: readonly Workload[];
  readonly repetitions: number;
  /** Factor on the number of requests. */
  readonly scale: number;
  readonly maxSeconds: number;
}

function readNumber(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const value = Number(env[name] ?? fallback);
  if (!Number.isFinite(value) || value <= 0)
    throw new Error(`${name} must be a positive number, not "${env[name] ?? ''}"`);
  return value;
}

/** Reads BENCH_WORKLOADS, BENCH_REPS, BENCH_SCALE and BENCH_MAX_SECONDS. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const wanted = (env['BENCH_WORKLOADS'] ?? '').split(',').filter((id) => id !== '');
  const unknown = wanted.filter((id) => !workloads.some((workload) => workload.id === id));
  if (unknown.length > 0) {
    throw new Error(
      `BENCH_WORKLOADS: unknown ${unknown.join(', ')}; known: ${workloads.map(({ id }) => id).join(', ')}`,
    );
  }
  return {
    workloads: workloads.filter(({ id }) => wanted.length === 0 || wanted.includes(id)),
    repetitions: Math.round(readNumber(env, 'BENCH_REPS', 3)),
    scale: readNumber(env, 'BENCH_SCALE', 1),
    maxSeconds: readNumber(env, 'BENCH_MAX_SECONDS', 900),
  };
}
