import type { DocumentSource } from './read-documents.ts';

/** Something wrong, or worth knowing, in the configuration. */
export interface Problem {
  severity: 'error' | 'warning';
  source?: DocumentSource;
  line?: number;
  /** `Kind namespace/name`, as far as it is known. */
  resource?: string;
  /** The field, such as `spec.rules[0].backendRefs[0].name`. */
  path?: string;
  /** What was expected. */
  message: string;
}

/** One line for one problem: `error: gateway.yaml:12 (document 2) AIGatewayRoute default/x: spec.rules: expected …`. */
export function formatProblem({ severity, source, line, resource, path, message }: Problem): string {
  const place =
    source === undefined
      ? ''
      : ` ${source.file}${line === undefined ? '' : `:${line}`} (document ${source.document})`;
  const subject = resource === undefined || resource === '' ? '' : ` ${resource}`;
  const field = path === undefined || path === '' ? '' : ` ${path}:`;
  const head = `${severity}:${place}${subject}`;
  return `${place !== '' || subject !== '' ? `${head}:` : head}${field} ${message}`;
}

/** Errors first, then warnings, each once, in the order of the files. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  const all = [...unique.values()];
  return [...all.filter(isError), ...all.filter((problem) => !isError(problem))];
}

/** Whether the problem keeps the configuration from being used. */
export function isError(problem: Pick<Problem, 'severity'>): boolean {
  return problem.severity === 'error';
}
