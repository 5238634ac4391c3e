import type { BackendAuth } from '@aigw/api-types';
import { aiGatewayGroup, namespaceOf } from '@aigw/api-types';
import { regionOf } from './aws-region.ts';
import type { ProblemLog } from './problem-log.ts';
import { keyOf, type Located, type ResourceSet } from './resource-set.ts';
import { resolveSecret } from './secrets.ts';

interface Sources {
  readonly set: ResourceSet;
  readonly log: ProblemLog;
}

type Policy = Located<'BackendSecurityPolicy'>;

/** Credentials of a backend; absent where requests go unauthenticated. */
export interface Credentials {
  /** False when they are named but cannot be used: nothing may be sent then. */
  readonly usable: boolean;
  readonly auth?: BackendAuth;
}

const unusable: Credentials = { usable: false };

function keyAuth(sources: Sources, policy: Policy, field: 'apiKey' | 'anthropicAPIKey'): Credentials {
  const settings = policy.resource.spec[field];
  if (settings === undefined) return unusable;
  const at = { path: `spec.${field}.secretRef`, defaultKey: 'apiKey' };
  const key = resolveSecret(sources, policy, settings.secretRef, at)?.trim();
  if (key === undefined) return unusable;
  if (key === '' || /[^\x20-\x7e]/.test(key)) {
    sources.log.error(policy, at.path, 'expected the key as one line of ASCII text');
    return unusable;
  }
  return { usable: true, auth: field === 'apiKey' ? { apiKey: { key } } : { anthropicAPIKey: { key } } };
}

function awsAuth(sources: Sources, policy: Policy, hints: readonly string[]): Credentials {
  const {
    region: given,
    credentialsFile,
    oidcConfig,
    oidcExchangeToken,
  } = policy.resource.spec.awsCredentials ?? {};
  const region = given ?? hints.map(regionOf).find((found) => found !== undefined);
  if (region === undefined) {
    const message = 'expected the region: neither the host nor an ARN of the backend says it';
    sources.log.error(policy, 'spec.awsCredentials.region', message);
    return unusable;
  }
  const roleArn = oidcConfig?.roleArn ?? oidcExchangeToken?.awsRoleArn;
  if (credentialsFile === undefined) {
    return { usable: true, auth: { aws: { region, ...(roleArn !== undefined && { roleArn }) } } };
  }
  const at = { path: 'spec.awsCredentials.credentialsFile.secretRef', defaultKey: 'credentials' };
  const text = resolveSecret(sources, policy, credentialsFile.secretRef, at);
  if (text === undefined) return unusable;
  const { profile } = credentialsFile;
  return {
    usable: true,
    auth: { aws: { region, credentialFileLiteral: text, ...(profile !== 'default' && { profile }) } },
  };
}

/** The policies that target a backend, in the order of the documents. */
export function policiesOf(set: ResourceSet, backend: Located<'AIServiceBackend'>): Policy[] {
  const { resource } = backend;
  return set
    .all('BackendSecurityPolicy')
    .filter(
      (policy) =>
        namespaceOf(policy.resource) === namespaceOf(resource) &&
        (policy.resource.spec.targetRefs ?? []).some(
          ({ group, kind, name }) =>
            group === aiGatewayGroup && kind === resource.kind && name === resource.metadata.name,
        ),
    );
}

/** How requests to a backend are authenticated. `hints` are texts that may say an AWS region. */
export function resolveCredentials(
  sources: Sources,
  backend: Located<'AIServiceBackend'>,
  hints: readonly string[],
): Credentials {
  const [policy, second] = policiesOf(sources.set, backend);
  if (policy === undefined) return { usable: true };
  if (second !== undefined) {
    const message = `AIServiceBackend ${keyOf(backend.resource)} already has BackendSecurityPolicy ${keyOf(policy.resource)}`;
    sources.log.error(second, 'spec.targetRefs', message, 'Conflicted');
    return unusable;
  }
  const { type } = policy.resource.spec;
  switch (type) {
    case 'APIKey':
      return keyAuth(sources, policy, 'apiKey');
    case 'AnthropicAPIKey':
      return keyAuth(sources, policy, 'anthropicAPIKey');
    case 'AWSCredentials':
      return awsAuth(sources, policy, hints);
    case 'AzureAPIKey':
    case 'AzureCredentials':
    case 'GCPCredentials':
      sources.log.warn(policy, 'spec.type', `NotAccepted: ${type} is not supported`, 'Unsupported');
      return unusable;
  }
}
