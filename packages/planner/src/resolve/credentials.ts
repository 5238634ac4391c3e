import type { AwsAssumeRole, AwsAuth, AwsOidcClient, BackendAuth } from '@aigw/api-types';
import { aiGatewayGroup, namespaceOf } from '@aigw/api-types';
import { regionOf } from './aws-region.ts';
import { credentialOverride } from './credential-override.ts';
import type { ProblemLog } from './problem-log.ts';
import { keyOf, type Located, type ResourceSet } from './resource-set.ts';
import { findRotated } from './rotated-credentials.ts';
import { resolveSecret } from './secrets.ts';
import type { Sha256Hex } from '../kubernetes/names.ts';

interface Sources {
  readonly set: ResourceSet;
  readonly log: ProblemLog;
  /** Absent where it does not matter which credentials were exchanged. */
  readonly sha256Hex?: Sha256Hex;
}

type Policy = Located<'BackendSecurityPolicy'>;
type AwsCredentials = NonNullable<Policy['resource']['spec']['awsCredentials']>;
type AwsExchange = NonNullable<AwsCredentials['oidcExchangeToken']>;
type OidcSettings = NonNullable<AwsExchange['oidc']>;
type AwsRole = NonNullable<AwsCredentials['assumeRole']>;

/** Credentials of a backend; absent where requests go unauthenticated. */
export interface Credentials {
  /** False when they are named but cannot be used: nothing may be sent then. */
  readonly usable: boolean;
  /** Set where their type is not served. */
  readonly reason?: 'unserved';
  readonly auth?: BackendAuth;
}

const unusable: Credentials = { usable: false };

const configuredKey = (field: 'apiKey' | 'anthropicAPIKey', key: string): BackendAuth =>
  field === 'apiKey' ? { apiKey: { key } } : { anthropicAPIKey: { key } };

function keyAuth(sources: Sources, policy: Policy, field: 'apiKey' | 'anthropicAPIKey'): Credentials {
  const settings = policy.resource.spec[field];
  if (settings === undefined) return unusable;
  if (credentialOverride(policy.resource.spec)?.fallbackToConfigured === false)
    return { usable: true, auth: configuredKey(field, '') };
  const at = { path: `spec.${field}.secretRef`, defaultKey: 'apiKey' };
  const key = resolveSecret(sources, policy, settings.secretRef, at)?.trim();
  if (key === undefined) return unusable;
  if (key === '' || /[^\x20-\x7e]/.test(key)) {
    sources.log.error(policy, at.path, 'expected the key as one line of ASCII text');
    return unusable;
  }
  return { usable: true, auth: configuredKey(field, key) };
}

/** The keys of a file, a role by a token, or a role alone; `undefined` when a Secret cannot be read. */
function awsSource(sources: Sources, policy: Policy, credentials: AwsCredentials): AwsAuth | undefined {
  const { credentialsFile, oidcConfig, oidcExchangeToken } = credentials;
  if (credentialsFile !== undefined) {
    const at = { path: 'spec.awsCredentials.credentialsFile.secretRef', defaultKey: 'credentials' };
    const text = resolveSecret(sources, policy, credentialsFile.secretRef, at);
    const { profile } = credentialsFile;
    return text === undefined
      ? undefined
      : { credentialFileLiteral: text, ...(profile !== 'default' && { profile }) };
  }
  if (oidcExchangeToken?.oidc !== undefined) {
    return exchangeSource(sources, policy, { ...oidcExchangeToken, oidc: oidcExchangeToken.oidc });
  }
  const roleArn = oidcConfig?.roleArn ?? oidcExchangeToken?.awsRoleArn;
  return roleArn === undefined ? {} : { roleArn };
}

/** The exchange itself, and what the control plane has got by it. */
function exchangeSource(
  sources: Sources,
  policy: Policy,
  { oidc: settings, aud, awsRoleArn: roleArn }: AwsExchange & { readonly oidc: OidcSettings },
): AwsAuth | undefined {
  const path = 'spec.awsCredentials.oidcExchangeToken.oidc';
  const { clientID } = settings;
  if (clientID === undefined) {
    sources.log.error(policy, `${path}.clientID`, 'expected the id of the client; clientIDRef is not read');
    return undefined;
  }
  const at = { path: `${path}.clientSecret`, defaultKey: 'client-secret' };
  const secret = resolveSecret(sources, policy, settings.clientSecret, at);
  if (secret === undefined) return undefined;
  const exchange = { roleArn, oidc: oidcClient({ ...settings, clientID }, secret.trim(), aud) };
  const { set, sha256Hex } = sources;
  const rotated = sha256Hex && findRotated({ set, sha256Hex }, policy, exchange);
  return { ...exchange, ...(rotated !== undefined && { rotated }) };
}

function oidcClient(
  { provider, clientID, scopes }: OidcSettings & { readonly clientID: string },
  clientSecret: string,
  audience: string | undefined,
): AwsOidcClient {
  const { issuer, tokenEndpoint } = provider;
  return {
    issuer,
    clientId: clientID,
    clientSecret,
    ...(tokenEndpoint !== undefined && { tokenEndpoint }),
    ...(scopes !== undefined && { scopes }),
    ...(audience !== undefined && { audience }),
  };
}

function assumeRole({ roleArn, externalId, sessionName, sessionTags }: AwsRole): AwsAssumeRole {
  return {
    roleArn,
    ...(externalId !== undefined && { externalId }),
    ...(sessionName !== undefined && { sessionName }),
    ...(sessionTags !== undefined && { sessionTags }),
  };
}

function awsAuth(sources: Sources, policy: Policy, hints: readonly string[]): Credentials {
  const { awsCredentials = {} } = policy.resource.spec;
  const region = awsCredentials.region ?? hints.map(regionOf).find((found) => found !== undefined);
  if (region === undefined) {
    const message = 'expected the region: neither the host nor an ARN of the backend says it';
    sources.log.error(policy, 'spec.awsCredentials.region', message);
    return unusable;
  }
  if (credentialOverride(policy.resource.spec)?.fallbackToConfigured === false)
    return { usable: true, auth: { aws: { region } } };
  const source = awsSource(sources, policy, awsCredentials);
  if (source === undefined) return unusable;
  const then = awsCredentials.assumeRole && { assumeRole: assumeRole(awsCredentials.assumeRole) };
  return { usable: true, auth: { aws: { region, ...source, ...then } } };
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
  const credentials = configuredCredentials(sources, policy, hints);
  const { auth } = credentials;
  const override = credentialOverride(policy.resource.spec);
  return auth === undefined
    ? credentials
    : { usable: true, auth: { ...auth, ...(override && { credentialOverride: override }) } };
}

function configuredCredentials(sources: Sources, policy: Policy, hints: readonly string[]): Credentials {
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
      return { usable: false, reason: 'unserved' };
  }
}
