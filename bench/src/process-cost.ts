import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

/** CPU time of all living threads of these processes, in nanoseconds. */
export function readCpuTime(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      sum += Number(readOptional(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ', 1)[0] ?? 0);
    }
  }
  return sum;
}

/** Resident memory of these processes in MiB: now, or its high-water mark since {@link resetPeaks}. */
export function readMemory(pids: readonly number[], what: 'now' | 'peak'): number {
  const pattern = what === 'now' ? /^VmRSS:\s+(\d+)/m : /^VmHWM:\s+(\d+)/m;
  const kibibytes = pids.map((pid) =>
    Number(pattern.exec(readOptional(`/proc/${pid}/status`) ?? '')?.[1] ?? 0),
  );
  return kibibytes.reduce((sum, value) => sum + value, 0) / 1024;
}

/** Begins a new high-water mark. */
export function resetPeaks(pids: readonly number[]): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** A process and all its descendants, with their command lines. */
export function listProcesses(root: number): { pid: number; command: string }[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const status = /^\d+$/.test(name) ? readOptional(`/proc/${name}/status`) : undefined;
    if (status !== undefined) parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found.map((pid) => ({
    pid,
    command: (readOptional(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim(),
  }));
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // ended meanwhile
  }
}
