import type { Problem, ResourceEntry } from '../problem.ts';

/** Collects what is wrong, so that everything is reported at once. */
export interface ProblemLog {
  error(at: ResourceEntry, path: string, message: string): void;
  warn(at: ResourceEntry, path: string, message: string): void;
  readonly problems: readonly Problem[];
}

function nameOf({ resource }: ResourceEntry): string {
  const kind = resource.kind === 'Ignored' ? resource.originalKind : resource.kind;
  const { namespace, name } = resource.metadata;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name ?? ''}`;
}

export function createProblemLog(): ProblemLog {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const add = (severity: Problem['severity'], at: ResourceEntry, path: string, message: string): void => {
    const resource = nameOf(at);
    const id = [resource, path, message].join('\n');
    if (seen.has(id)) return;
    seen.add(id);
    problems.push({ severity, source: at.source, resource, path, message });
  };
  return {
    error: (at, path, message) => add('error', at, path, message),
    warn: (at, path, message) => add('warning', at, path, message),
    problems,
  };
}
