import type { Part, ProcessCluster } from '@aigw/e2e/cluster';
import { readFileSync, readdirSync } from 'node:fs';

/** What a container's processes have in memory now. */
export interface Memory {
  readonly name: string;
  readonly mebibytes: number;
}

interface Status {
  readonly parent: number;
  readonly residentKib: number;
}

function readStatuses(): ReadonlyMap<number, Status> {
  const statuses = new Map<number, Status>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const text = readFileSync(`/proc/${name}/status`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)/m.exec(text)?.[1]);
      const residentKib = Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? 0);
      statuses.set(Number(name), { parent, residentKib });
    } catch {
      // It has ended meanwhile.
    }
  }
  return statuses;
}

function sumOf(root: number, statuses: ReadonlyMap<number, Status>): number {
  const children = [...statuses].filter(([, { parent }]) => parent === root);
  return (
    (statuses.get(root)?.residentKib ?? 0) + children.reduce((sum, [pid]) => sum + sumOf(pid, statuses), 0)
  );
}

const parts: readonly Part[] = ['controller', 'envoyGateway', 'proxy'];

/** The resident memory of every container that runs, with the sandbox around it (3 MiB). */
export function listMemory(cluster: ProcessCluster): readonly Memory[] {
  const statuses = readStatuses();
  return parts.flatMap((part) =>
    cluster.pods(part).flatMap(({ programs }) =>
      [...programs].map(([container, { pid }]) => ({
        name: part === container ? part : `${part}: ${container}`,
        mebibytes: Math.round(sumOf(pid, statuses) / 1024),
      })),
    ),
  );
}
