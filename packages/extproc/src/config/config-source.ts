import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { ConfigError } from './config-error.ts';
import { parseYaml } from './parse-yaml.ts';

/** Where a configuration comes from. */
export type ConfigSource =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'bundle'; readonly folder: string };

/** A configuration as it was read. */
export interface ConfigText {
  readonly text: string;
  /** Of two configurations the later one has the greater number; absent where nobody counts. */
  readonly revision?: number;
}

/** The file whose change means a new configuration. */
export function watchedFile(source: ConfigSource): string {
  return source.kind === 'file' ? source.path : join(source.folder, 'index.yaml');
}

/**
 * Reads a configuration: a file, or a bundle's parts in the order of its index, checked against the index's digest.
 * @throws ConfigError `unreadable`, or `incomplete` for a bundle that does not fit its index.
 */
export async function readConfigText(source: ConfigSource): Promise<ConfigText> {
  if (source.kind === 'file') return { text: decode(await readBytes(source.path), source.path) };
  const indexPath = watchedFile(source);
  const index = parseIndex(decode(await readBytes(indexPath), indexPath), indexPath);
  const parts = await Promise.all(index.parts.map((path) => readBytes(join(source.folder, path))));
  const content = Buffer.concat(parts);
  if (createHash('sha256').update(content).digest('hex') !== index.checksum) {
    throw new ConfigError('incomplete', `${indexPath}: checksum: the parts have another digest`);
  }
  const { revision } = index;
  return { text: decode(content, source.folder), ...(revision !== undefined && { revision }) };
}

interface BundleIndex {
  readonly checksum: string;
  readonly revision: number | undefined;
  /** Paths below the bundle's folder. */
  readonly parts: readonly string[];
}

function parseIndex(text: string, file: string): BundleIndex {
  const value = parseYaml(text, file);
  const { checksum, revision, parts } = isRecord(value) ? value : {};
  if (typeof checksum !== 'string' || !Array.isArray(parts)) {
    throw new ConfigError('invalid_config', `${file}: expected checksum (text) and parts (a list)`);
  }
  return {
    checksum: checksum.toLowerCase(),
    revision: Number.isSafeInteger(revision) ? Number(revision) : undefined,
    parts: parts.map((part, index) => parsePart(part, `${file}: parts[${index}]`)),
  };
}

function parsePart(part: unknown, where: string): string {
  const path = isRecord(part) ? part['path'] : undefined;
  if (typeof path !== 'string' || path === '')
    throw new ConfigError('invalid_config', `${where}.path: expected text`);
  if (isAbsolute(path) || normalize(path).startsWith('..')) {
    throw new ConfigError('invalid_config', `${where}.path: expected a path inside the bundle`);
  }
  return path;
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = isRecord(cause) && typeof cause['code'] === 'string' ? cause['code'] : 'failed';
    throw new ConfigError('unreadable', `${path}: cannot be read (${reason})`, { cause });
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError('invalid_config', `${path}: is not UTF-8 text`, { cause });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
