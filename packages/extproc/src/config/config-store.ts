import { FilterConfigError, parseFilterConfig } from '@aigw/api-types';
import type { Logger } from '@aigw/service-runtime';
import type { CredentialPool } from '../auth/credential-pool.ts';
import type { ConfigMetrics } from '../telemetry/config-metrics.ts';
import { compileConfig } from './compile-config.ts';
import { ConfigError } from './config-error.ts';
import { parseYaml } from './parse-yaml.ts';
import type { ConfigStore, RuntimeConfig } from './runtime-config.ts';

export interface ConfigStoreOptions {
  readonly credentials: CredentialPool;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  readonly logger: Logger;
  readonly metrics: ConfigMetrics;
}

/** A store that takes new configurations. */
export interface LoadableConfigStore extends ConfigStore {
  /**
   * Puts a configuration in force, at once and whole. The same text again changes nothing.
   * @param file Named in errors.
   * @throws ConfigError; what was in force then stays.
   */
  load(text: string, file: string): void;
}

/** A store without a configuration yet; `current` throws until the first one is loaded. */
export function createConfigStore(options: ConfigStoreOptions): LoadableConfigStore {
  const { credentials, now, logger, metrics } = options;
  let inForce: { readonly text: string; readonly config: RuntimeConfig } | undefined;
  const waiting = new Set<() => void>();

  const compile = (
    text: string,
    file: string,
    generation: number,
  ): { config: RuntimeConfig; uuid: string } => {
    const { config, warnings } = parse(text, file);
    const lease = credentials.lease();
    const compiled = compileConfig(config, {
      generation,
      credentials: lease,
      now,
      onAuthProblem: (backend, message) =>
        logger.error('backend cannot authenticate', { backend, reason: message }),
      onCostError: (metadataKey, error) => logger.warn('cost left out', { metadataKey, error }),
    });
    lease.commit();
    for (const warning of warnings) logger.warn('configuration', { file, warning });
    return { config: compiled, uuid: config.uuid ?? '' };
  };

  return {
    current() {
      if (inForce === undefined) throw new ConfigError('unreadable', 'no configuration has been loaded yet');
      return inForce.config;
    },
    untilBackend(name, withinMs) {
      const hasIt = (): boolean => inForce?.config.backends.has(name) === true;
      if (hasIt()) return undefined;
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve();
        };
        const look = (): void => {
          if (hasIt()) finish();
        };
        const timer = setTimeout(finish, withinMs);
        waiting.add(look);
      });
    },
    load(text, file) {
      if (inForce?.text === text) return;
      const generation = (inForce?.config.generation ?? 0) + 1;
      const { config, uuid } = compile(text, file, generation);
      inForce = { text, config };
      for (const look of [...waiting]) look();
      metrics.loaded({ generation, uuid });
      logger.info('configuration loaded', { file, generation, backends: config.backends.size });
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
