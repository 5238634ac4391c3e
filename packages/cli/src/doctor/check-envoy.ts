import { cachedEnvoy } from '../envoy/cached-envoy.ts';
import { hasDocker } from '../envoy/envoy-container.ts';
import { findPip } from '../envoy/envoy-from-wheel.ts';
import { envoyOnPath } from '../envoy/envoy-on-path.ts';
import type { EnvoySearch } from '../envoy/envoy-step.ts';
import { minimumEnvoyVersion, pinnedEnvoyVersion } from '../envoy/envoy-version.ts';
import { givenEnvoy } from '../envoy/given-envoy.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

const checked = { check: 'envoy' } as const;

/** The ways of `aigw run` that need no download: a doctor changes nothing. */
const localSteps = [givenEnvoy, envoyOnPath, cachedEnvoy];

/** Which Envoy `aigw run` would take, or from where it would fetch one. */
export async function checkEnvoy(search: EnvoySearch): Promise<Finding> {
  const reasons: string[] = [];
  for (const step of localSteps) {
    const result = await step.find(search);
    if (result.outcome === 'found') {
      return ok(checked, `${result.envoy.version}, by ${step.title}: ${result.envoy.origin}`);
    }
    if (result.outcome === 'failed') {
      const fix = `name another binary (${minimumEnvoyVersion} or newer), or leave out --envoy and ENVOY_BIN so that one is found`;
      return fail(checked, { message: result.reason, fix });
    }
    reasons.push(`${step.title}: ${result.reason}`);
  }
  return describeFetch(reasons, search);
}

async function describeFetch(reasons: readonly string[], search: EnvoySearch): Promise<Finding> {
  const [pip, docker] = await Promise.all([findPip(search), hasDocker(search)]);
  if (pip === undefined && !docker) {
    return fail(checked, {
      message: `none, and no way to fetch one: ${reasons.join('; ')}; no python3 with pip; no Docker`,
      fix: 'install pip (Debian: apt-get install python3-pip), or name an Envoy with --envoy PATH',
    });
  }
  const way = pip === undefined ? 'from its image by Docker' : `by pip (37 MB, once)`;
  return warn(checked, {
    message: `none here yet; aigw run fetches ${pinnedEnvoyVersion} ${way}`,
    fix: 'nothing where there is a network; for a machine without one, run "aigw run --mock" once before',
  });
}
