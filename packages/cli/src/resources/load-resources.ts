import { parseResource, type Resource } from '@aigw/api-types';

import type { Problem } from './problems.ts';
import { type DocumentSource, readDocuments, type SourceDocument } from './read-documents.ts';

/** A valid resource and where it stands. */
export interface ResourceEntry {
  resource: Resource;
  source: DocumentSource;
}

/** What a configuration consists of. `entries` holds what is valid, even where `problems` has errors about the rest. */
export interface LoadedResources {
  entries: ResourceEntry[];
  problems: Problem[];
  /**
   * `Kind namespace/name` of the resources that are not valid, and so are missing from `entries`, as far as they say it:
   * `Kind` or `namespace/name` alone, an empty text for a document or file that cannot be read.
   */
  invalid: string[];
  /** Files and folders whose changes matter. */
  files: string[];
  /** The line of a field of a document, for problems that are found later. */
  locate: (source: DocumentSource, path: string) => number | undefined;
}

/** Reads and checks every document below `paths`. Never throws for what is in them. */
export async function loadResources(
  paths: readonly string[],
  readStdin: () => Promise<string>,
): Promise<LoadedResources> {
  const { documents, problems, files } = await readDocuments(paths, readStdin);
  const loaded = parseDocuments(documents);
  const readProblems = problems.map((problem): Problem => ({ severity: 'error', ...problem }));
  const invalid = [...readProblems.map(() => ''), ...loaded.invalid];
  return { ...loaded, problems: [...readProblems, ...loaded.problems], invalid, files };
}

function parseDocuments(documents: readonly SourceDocument[]): Omit<LoadedResources, 'files'> {
  const entries: ResourceEntry[] = [];
  const problems: Problem[] = [];
  const invalid: string[] = [];
  for (const { source, value, lineOf } of documents) {
    const at = ({ path, message }: { path: string; message: string }): Omit<Problem, 'severity'> => ({
      source,
      line: lineOf(path),
      resource: describeResource(value),
      path,
      message,
    });
    const parsed = parseResource(value);
    if (!parsed.ok) {
      invalid.push(describeResource(value));
      problems.push(...parsed.issues.map((issue): Problem => ({ severity: 'error', ...at(issue) })));
      continue;
    }
    problems.push(...parsed.warnings.map((warning): Problem => ({ severity: 'warning', ...at(warning) })));
    entries.push({ resource: parsed.resource, source });
  }
  const locate = (source: DocumentSource, path: string): number | undefined =>
    documents
      .find((one) => one.source.file === source.file && one.source.document === source.document)
      ?.lineOf(path);
  return { entries, problems, invalid, locate };
}

/** `Kind namespace/name` of an unchecked document, as far as it says. */
export function describeResource(value: unknown): string {
  const { kind, metadata } = asRecord(value);
  const { namespace, name } = asRecord(metadata);
  const title = typeof kind === 'string' ? kind : '';
  if (typeof name !== 'string') return title;
  return `${title} ${typeof namespace === 'string' ? namespace : 'default'}/${name}`.trim();
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
