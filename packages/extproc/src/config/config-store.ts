import { FilterConfigError, parseFilterConfig } from '@aigw/api-types';
import { type Logger, sha256Hex } from '@aigw/service-runtime';
import type { CredentialPool } from '../auth/credential-pool.ts';
import type { ConfigMetrics } from '../telemetry/config-metrics.ts';
import type { CostIssue } from '../cost/create-cost-calculator.ts';
import { compileConfig } from './compile-config.ts';
import { ConfigError } from './config-error.ts';
import type { ConfigText } from './config-source.ts';
import { parseYaml } from './parse-yaml.ts';
import type { ConfigStore, RuntimeConfig } from './runtime-config.ts';

export interface ConfigStoreOptions {
  readonly credentials: CredentialPool;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
  readonly metrics: ConfigMetrics;
}

/** What became of a configuration that was read. */
export type LoadOutcome = 'loaded' | 'unchanged' | 'older';

/** What tells a configuration from others. */
export interface ConfigIdentity {
  /** SHA-256 of its text, in hexadecimal digits. */
  readonly checksum: string;
  readonly revision?: number;
}

/** A store that takes new configurations. */
export interface LoadableConfigStore extends ConfigStore {
  /**
   * Puts a configuration in force, at once and whole. The same text again changes nothing, and neither does one of an
   * earlier revision: of the ways by which configurations come, one can be late.
   * @param file Named in errors.
   * @throws ConfigError; what was in force then stays.
   */
  load(config: ConfigText, file: string, options?: { readonly evenIfOlder?: boolean }): LoadOutcome;
  /** The configuration in force; `undefined` before the first one. */
  identity(): ConfigIdentity | undefined;
}

interface InForce extends ConfigText {
  readonly config: RuntimeConfig;
  readonly checksum: string;
}

interface Compiled {
  readonly config: RuntimeConfig;
  readonly uuid: string;
  readonly costsLeftOut: number;
}

const isOlder = ({ revision }: ConfigText, than: ConfigText | undefined): boolean =>
  revision !== undefined && than?.revision !== undefined && revision < than.revision;

interface Waiting {
  /** Resolves when something holds or when the time is over; `undefined` when it does already. */
  until(holds: () => boolean, withinMs: number): Promise<void> | undefined;
  /** Something has changed. */
  look(): void;
}

function createWaiting(): Waiting {
  const looks = new Set<() => void>();
  return {
    until(holds, withinMs) {
      if (holds()) return undefined;
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          looks.delete(look);
          resolve();
        };
        const look = (): void => {
          if (holds()) finish();
        };
        const timer = setTimeout(finish, withinMs);
        looks.add(look);
      });
    },
    look() {
      for (const look of [...looks]) look();
    },
  };
}

/** A store without a configuration yet; `current` throws until the first one is loaded. */
export function createConfigStore(options: ConfigStoreOptions): LoadableConfigStore {
  const { credentials, now, logger, metrics } = options;
  let inForce: InForce | undefined;
  const waiting = createWaiting();

  const compile = (text: string, file: string, generation: number): Compiled => {
    const { config, warnings } = parse(text, file);
    let costIssues: readonly CostIssue[] = [];
    const lease = credentials.lease();
    const compiled = compileConfig(config, {
      generation,
      credentials: lease,
      now,
      onAuthProblem: (backend, message) =>
        logger.error('backend cannot authenticate', { backend, reason: message }),
      onCostError: (metadataKey, error) => logger.warn('cost left out', { metadataKey, error }),
      onCostIssues: (issues) => (costIssues = issues),
    });
    lease.commit();
    for (const warning of warnings) logger.warn('configuration', { file, warning });
    for (const { path, message } of costIssues) {
      logger.error('cost left out: its expression cannot be used', { file, path, reason: message });
    }
    return { config: compiled, uuid: config.uuid ?? '', costsLeftOut: costIssues.length };
  };

  return {
    current() {
      if (inForce === undefined) throw new ConfigError('unreadable', 'no configuration has been loaded yet');
      return inForce.config;
    },
    untilBackend: (name, withinMs) =>
      waiting.until(() => inForce?.config.backends.has(name) === true, withinMs),
    load(given, file, { evenIfOlder = false } = {}) {
      if (!evenIfOlder && isOlder(given, inForce)) return 'older';
      if (inForce?.text === given.text) {
        inForce = { ...inForce, ...given };
        return 'unchanged';
      }
      const generation = (inForce?.config.generation ?? 0) + 1;
      const { config, uuid, costsLeftOut } = compile(given.text, file, generation);
      inForce = { ...given, config, checksum: sha256Hex(given.text) };
      waiting.look();
      metrics.loaded({ generation, uuid, costsLeftOut });
      logger.info('configuration loaded', { file, generation, backends: config.backends.size });
      return 'loaded';
    },
    identity() {
      if (inForce === undefined) return undefined;
      const { checksum, revision } = inForce;
      return { checksum, ...(revision !== undefined && { revision }) };
    },
  };
}

function parse(text: string, file: string): ReturnType<typeof parseFilterConfig> {
  const value = parseYaml(text, file);
  try {
    return parseFilterConfig(value);
  } catch (cause) {
    if (!FilterConfigError.is(cause)) throw cause;
    throw new ConfigError('invalid_config', `${file}: ${cause.message}`, { cause });
  }
}
