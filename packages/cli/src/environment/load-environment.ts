import { parseResource } from '@aigw/api-types';

import { CliError } from '../errors.ts';
import type { LoadedResources } from '../resources/load-resources.ts';
import { buildEnvironmentResources } from './environment-resources.ts';
import { type Environment, nothingConfigured, parseProviderEnvironment } from './provider-environment.ts';

/** With the built-in mock every provider is there, with keys that are placeholders. */
const mockedEnvironment: Environment = {
  OPENAI_API_KEY: 'OPENAI_API_KEY',
  ANTHROPIC_API_KEY: 'ANTHROPIC_API_KEY',
  AWS_REGION: 'us-east-1',
};

/**
 * The configuration that the environment stands for, as if it had been read from a file.
 * @param isMock Leaves the environment alone and configures every provider, for the built-in mock.
 * @throws CliError `setup`
 */
export function loadEnvironment(environment: Environment, isMock: boolean): LoadedResources {
  const providers = parseProviderEnvironment(isMock ? mockedEnvironment : environment);
  if (providers.problems.length > 0) throw new CliError('setup', providers.problems.join('\n'));
  if (!providers.openai && !providers.anthropic && !providers.bedrock)
    throw new CliError('setup', nothingConfigured);
  const entries = buildEnvironmentResources(providers).map((value, index) => {
    const parsed = parseResource(value);
    if (!parsed.ok) {
      const issues = parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new Error(`the resources made from the environment are not valid: ${issues}`);
    }
    return { resource: parsed.resource, source: { file: 'environment', document: index + 1 } };
  });
  return { entries, problems: [], invalid: [], files: [], locate: () => undefined };
}
