import type { Problem, ProblemReason, ResourceEntry } from '../problem.ts';

/** Collects what is wrong, so that everything is reported at once. */
export interface ProblemLog {
  /** `reason` is `Invalid` when absent. */
  error(at: ResourceEntry, path: string, message: string, reason?: ProblemReason): void;
  warn(at: ResourceEntry, path: string, message: string, reason?: ProblemReason): void;
  readonly problems: readonly Problem[];
}

/** `Kind namespace/name`, as problems name a resource. */
export function describeResource({ resource }: ResourceEntry): string {
  const kind = resource.kind === 'Ignored' ? resource.originalKind : resource.kind;
  const { namespace, name } = resource.metadata;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name ?? ''}`;
}

export function createProblemLog(): ProblemLog {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const add = (at: ResourceEntry, problem: Problem): void => {
    const resource = describeResource(at);
    const id = [resource, problem.path, problem.message].join('\n');
    if (seen.has(id)) return;
    seen.add(id);
    problems.push({ ...problem, source: at.source, resource });
  };
  return {
    error: (at, path, message, reason = 'Invalid') => add(at, { severity: 'error', path, message, reason }),
    warn: (at, path, message, reason) =>
      add(at, { severity: 'warning', path, message, ...(reason !== undefined && { reason }) }),
    problems,
  };
}
