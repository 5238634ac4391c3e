/** What stands in front of the parts of a filter configuration. */
export interface FilterConfigIndex {
  /** The version of the schema. */
  readonly version: string;
  readonly uuid: string;
  /** The digest of all parts together, SHA-256 in hexadecimal digits. */
  readonly checksum: string;
  /** Of two configurations of a Gateway the later one has the greater number. */
  readonly revision: number;
  readonly parts: readonly FilterConfigPart[];
}

export interface FilterConfigPart {
  readonly name: string;
  /** Below the folder of the bundle. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** JSON, which is YAML as well. */
export function encodeFilterConfigIndex(index: FilterConfigIndex): string {
  return JSON.stringify(index);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPart = (value: unknown): value is FilterConfigPart =>
  isRecord(value) &&
  typeof value['name'] === 'string' &&
  typeof value['path'] === 'string' &&
  typeof value['sizeBytes'] === 'number';

/** Reads an index; `undefined` for what we did not write. Never throws. */
export function parseFilterConfigIndex(text: string): FilterConfigIndex | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { version, uuid, checksum, revision, parts } = value;
  if (typeof version !== 'string' || typeof uuid !== 'string' || typeof checksum !== 'string')
    return undefined;
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision)) return undefined;
  if (!Array.isArray(parts) || !parts.every(isPart)) return undefined;
  return { version, uuid, checksum, revision, parts };
}
