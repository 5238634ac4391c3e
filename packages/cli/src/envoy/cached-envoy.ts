import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { checkEnvoyBinary, type EnvoySearch, type EnvoyStep } from './envoy-step.ts';
import { pinnedEnvoyVersion } from './envoy-version.ts';

/** The folder in the user's cache that holds our own copy of Envoy. */
export function envoyCacheFolder({ env, homeFolder }: Pick<EnvoySearch, 'env' | 'homeFolder'>): string {
  const configured = env['XDG_CACHE_HOME'];
  const base = configured === undefined || configured === '' ? join(homeFolder, '.cache') : configured;
  return join(base, 'aigw', `envoy-${pinnedEnvoyVersion}`);
}

/** The copy that an earlier run kept. */
export const cachedEnvoy: EnvoyStep = {
  title: 'cache',
  find: async (search) => {
    const file = join(envoyCacheFolder(search), 'envoy');
    return existsSync(file)
      ? checkEnvoyBinary(file, search.env)
      : { outcome: 'skipped', reason: `no ${file}` };
  },
};
