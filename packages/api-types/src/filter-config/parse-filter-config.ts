import { canonicalizeKeys } from './canonical-keys.ts';
import { formatPath } from './config-path.ts';
import type { FilterConfig } from './filter-config.ts';
import { FilterConfigError } from './filter-config-error.ts';
import { filterConfigSchema } from './filter-config-schema.ts';
import { settleUnsupportedAuth } from './unsupported-auth.ts';

/** A filter config and what in it has no effect, one sentence each. */
export interface ParsedFilterConfig {
  readonly config: FilterConfig;
  readonly warnings: readonly string[];
}

/** The version of the contract that is spoken here; any other with the same major number is accepted, and `dev`. */
const contractMajor = 1;

/**
 * Reads a filter config as leniently as the program that it may have been written for: keys in any letter case, null for
 * absent, unknown keys ignored with a warning.
 * @param value The document, parsed from YAML or JSON.
 * @throws FilterConfigError with every issue, its path and what was expected.
 */
export function parseFilterConfig(value: unknown): ParsedFilterConfig {
  const warnings: string[] = [];
  const unknown: string[] = [];
  const canonical = canonicalizeKeys(settleUnsupportedAuth(value, warnings), filterConfigSchema, unknown);
  warnings.push(...unknown.map((path) => `${path}: unknown key, ignored`));
  const parsed = filterConfigSchema.safeParse(canonical);
  if (!parsed.success) {
    throw new FilterConfigError(
      parsed.error.issues.map(({ path, message }) => ({ path: formatPath(path), message: tidy(message) })),
    );
  }
  const config: FilterConfig = parsed.data;
  checkVersion(config.version);
  warnings.push(...findDuplicates(config), ...findAmbiguousAuth(config));
  return { config, warnings };
}

function checkVersion(version: string): void {
  const major = /^v?(\d+)(?:\.|$)/.exec(version)?.[1];
  if (version === 'dev' || Number(major) === contractMajor) return;
  const message = `version mismatch: expected "dev" or ${contractMajor}.x, received ${JSON.stringify(version.slice(0, 40))}`;
  throw new FilterConfigError([{ path: 'version', message }]);
}

function findDuplicates({ backends }: FilterConfig): string[] {
  const last = new Map(backends.map(({ name }, index) => [name, index]));
  return backends.flatMap(({ name }, index) =>
    last.get(name) === index ? [] : [`backends[${index}].name: given again later, this entry is ignored`],
  );
}

function findAmbiguousAuth({ backends }: FilterConfig): string[] {
  return backends.flatMap(({ auth }, index) => {
    const [first, ...others] = (['aws', 'apiKey', 'anthropicAPIKey'] as const).filter(
      (kind) => auth?.[kind] !== undefined,
    );
    return others.map((kind) => `backends[${index}].auth.${kind}: ignored, ${first ?? ''} is used`);
  });
}

function tidy(message: string): string {
  return message.replace(/^Invalid (?:input|option): /, '');
}
