import { readFile, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

import { isNode, LineCounter, parseAllDocuments, type Document } from 'yaml';

import { codeOf, messageOf } from '../errors.ts';

/** The largest file that is read; a cluster's worth of resources is far below it. */
export const maxFileBytes = 16 * 1024 * 1024;

const extensions = new Set(['.yaml', '.yml', '.json']);

/** Where a document stands: the file's name as it was given (`-` for standard input) and its number in it, from 1. */
export interface DocumentSource {
  file: string;
  document: number;
}

/** One non-empty YAML document. */
export interface SourceDocument {
  source: DocumentSource;
  value: unknown;
  /** The line (from 1) of a field such as `spec.rules[0].name`, or of the nearest parent that is written down. */
  lineOf: (path: string) => number;
}

/** Something that keeps a file from being read; `line` counts from 1. */
export interface ReadProblem {
  source?: DocumentSource;
  line?: number;
  message: string;
}

/** What was found under the given paths; `files` are those whose changes matter, folders included. */
export interface ReadResult {
  documents: SourceDocument[];
  problems: ReadProblem[];
  files: string[];
}

/**
 * Reads YAML documents from files, folders (their own .yaml, .yml and .json files, by name) and `-`, standard input.
 * Never throws for what is in the files: everything wrong is in `problems`, all at once.
 */
export async function readDocuments(
  paths: readonly string[],
  readStdin: () => Promise<string>,
): Promise<ReadResult> {
  const result: ReadResult = { documents: [], problems: [], files: [] };
  for (const path of paths) {
    if (path === '-') collect(result, '-', await readStdin());
    else await readPath(result, path);
  }
  return result;
}

async function readPath(result: ReadResult, path: string): Promise<void> {
  result.files.push(path);
  const entry = await stat(path).catch((thrown: unknown) => describeMissing(path, thrown));
  if (typeof entry === 'string') {
    result.problems.push({ message: entry });
    return;
  }
  if (!entry.isDirectory()) {
    await readOneFile(result, path, entry.size);
    return;
  }
  const names = (await readdir(path)).filter(
    (name) => !name.startsWith('.') && extensions.has(extname(name)),
  );
  if (names.length === 0)
    result.problems.push({ message: `${path}: no .yaml, .yml or .json file in this folder` });
  for (const name of names.sort()) {
    const file = join(path, name);
    result.files.push(file);
    const { size } = await stat(file).catch(() => ({ size: 0 }));
    await readOneFile(result, file, size);
  }
}

async function readOneFile(result: ReadResult, file: string, size: number): Promise<void> {
  if (size > maxFileBytes) {
    result.problems.push({ message: `${file}: ${size} bytes; expected at most ${maxFileBytes}` });
    return;
  }
  const content = await readFile(file, 'utf8').catch((thrown: unknown) => {
    result.problems.push({ message: describeMissing(file, thrown) });
    return undefined;
  });
  if (content !== undefined) collect(result, file, content);
}

function collect(result: ReadResult, file: string, content: string): void {
  const lines = new LineCounter();
  const documents = parseAllDocuments(content, { lineCounter: lines, prettyErrors: false });
  for (const [index, document] of [...documents].entries()) {
    const source = { file, document: index + 1 };
    for (const error of document.errors) {
      result.problems.push({
        source,
        line: lines.linePos(error.pos[0]).line,
        message: `YAML: ${error.message}`,
      });
    }
    if (document.errors.length > 0) continue;
    collectValue(result, document, source, lines);
  }
}

function collectValue(
  result: ReadResult,
  document: Document.Parsed,
  source: DocumentSource,
  lines: LineCounter,
): void {
  let value: unknown;
  try {
    value = document.toJS();
  } catch (thrown) {
    result.problems.push({ source, message: `YAML: ${messageOf(thrown)}` });
    return;
  }
  if (value === null || value === undefined) return;
  const lineOf = (path: string): number => lineOfPath(document, lines, path);
  for (const item of itemsOf(value)) result.documents.push({ source, value: item, lineOf });
}

/** `kubectl get -o yaml` wraps its answer in a List. */
function itemsOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('items' in value))
    return [value];
  return value.kind === 'List' && Array.isArray(value.items) ? (value.items as unknown[]) : [value];
}

function lineOfPath(document: Document.Parsed, lines: LineCounter, path: string): number {
  const segments = splitPath(path);
  for (let length = segments.length; length > 0; length -= 1) {
    const node = document.getIn(segments.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return lines.linePos(document.contents?.range[0] ?? document.range[0]).line;
}

/** `spec.rules[0].name` as keys; a key with dots is written `metadata.annotations["a.b/c"]`. */
export function splitPath(path: string): (string | number)[] {
  const segments = path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g);
  return [...segments].map(([, quoted, index, plain]) => {
    if (index !== undefined) return Number(index);
    return quoted ?? (/^\d+$/.test(plain ?? '') ? Number(plain) : (plain ?? ''));
  });
}

function describeMissing(path: string, thrown: unknown): string {
  const code = codeOf(thrown);
  if (code === 'ENOENT') return `${path}: no such file or folder`;
  if (code === 'EACCES') return `${path}: no permission to read it`;
  return `${path}: ${messageOf(thrown)}`;
}
