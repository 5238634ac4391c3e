import { CliError } from '../errors.ts';
import { cachedEnvoy } from './cached-envoy.ts';
import { envoyContainer } from './envoy-container.ts';
import { envoyFromWheel } from './envoy-from-wheel.ts';
import { envoyOnPath } from './envoy-on-path.ts';
import type { Envoy, EnvoySearch, EnvoyStep } from './envoy-step.ts';
import { minimumEnvoyVersion } from './envoy-version.ts';
import { givenEnvoy } from './given-envoy.ts';

const defaultSteps: readonly EnvoyStep[] = [
  givenEnvoy,
  envoyOnPath,
  cachedEnvoy,
  envoyFromWheel,
  envoyContainer,
];

/** Finds an Envoy to run, announcing each step in one line. @throws CliError `setup`, naming every step and why it failed */
export async function findEnvoy(
  search: EnvoySearch,
  steps: readonly EnvoyStep[] = defaultSteps,
): Promise<Envoy> {
  const failures: string[] = [];
  for (const step of steps) {
    const result = await step.find(search);
    if (result.outcome === 'found') {
      search.note(`envoy: ${step.title}: ${result.envoy.origin} (${result.envoy.version})`);
      return result.envoy;
    }
    search.note(`envoy: ${step.title}: ${result.reason}`);
    failures.push(`  ${failures.length + 1}. ${step.title}: ${result.reason}`);
    if (result.outcome === 'failed') break;
  }
  throw new CliError(
    'setup',
    `no Envoy (${minimumEnvoyVersion} or newer) can be run:\n${failures.join('\n')}\n` +
      'Install one of these, or name a binary with --envoy PATH.',
  );
}
