import type { Hint, Problem, ProblemReason, ResourceEntry } from '../problem.ts';

/** A message, or one with a hint to what could have been meant. */
export type ProblemText = string | { readonly message: string; readonly hint: Hint };

/** Collects what is wrong, so that everything is reported at once. */
export interface ProblemLog {
  /** `reason` is `Invalid` when absent. */
  error(at: ResourceEntry, path: string, text: ProblemText, reason?: ProblemReason): void;
  warn(at: ResourceEntry, path: string, text: ProblemText, reason?: ProblemReason): void;
  readonly problems: readonly Problem[];
}

/** `Kind namespace/name`, as problems name a resource. */
export function describeResource({ resource }: ResourceEntry): string {
  const kind = resource.kind === 'Ignored' ? resource.originalKind : resource.kind;
  const { namespace, name } = resource.metadata;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name ?? ''}`;
}

const partsOf = (text: ProblemText): Pick<Problem, 'message' | 'hint'> =>
  typeof text === 'string' ? { message: text } : text;

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
    error: (at, path, text, reason = 'Invalid') =>
      add(at, { severity: 'error', path, ...partsOf(text), reason }),
    warn: (at, path, text, reason) =>
      add(at, { severity: 'warning', path, ...partsOf(text), ...(reason !== undefined && { reason }) }),
    problems,
  };
}
