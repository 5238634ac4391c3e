import type { AwsAuth, BackendAuth, BackendCredentialOverride } from '@aigw/api-types';
import { AwsAuthError, assertRegion, regionOfHost } from '@aigw/aws-auth';
import { createAnthropicApiKey } from './anthropic-api-key.ts';
import { createApiKey } from './api-key.ts';
import { createConfiguredIdentity, createOverriddenIdentity } from './aws-identity.ts';
import { type AwsSigV4Options, createAwsSigV4 } from './aws-sigv4.ts';
import type { BackendAuthenticator } from './backend-auth.ts';
import type { CredentialLease } from './credential-pool.ts';
import { createOverridableKey } from './overridable-key.ts';
import type { AwsPolicy } from './policy-source.ts';
import { createRefusal } from './refusal.ts';

export interface AuthenticatorContext {
  /** The backend's name, for reports. */
  readonly backend: string;
  /** The host that Envoy's route writes, where the configuration says it. */
  readonly host?: string | undefined;
  readonly credentials: CredentialLease;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** Hears what is wrong with this backend's authentication, at load and later; holds no secret. */
  readonly report: (message: string) => void;
}

const anonymous: BackendAuthenticator = { apply: () => ({ set: [], remove: [] }) };

/**
 * The authenticator of a backend. Without `auth` requests go out as they are; with an `auth` that cannot be used every
 * request is refused. Of several kinds the first counts: aws, apiKey, anthropicAPIKey.
 */
export function createAuthenticator(
  auth: BackendAuth | undefined,
  context: AuthenticatorContext,
): BackendAuthenticator {
  if (auth === undefined) return anonymous;
  const { aws, apiKey, anthropicAPIKey, credentialOverride: override } = auth;
  if (aws !== undefined) return createAws(aws, override, context);
  if (apiKey !== undefined) {
    return createOverridableKey({ kind: 'apiKey', key: apiKey.key, override, create: createApiKey });
  }
  if (anthropicAPIKey !== undefined) {
    const { key } = anthropicAPIKey;
    return createOverridableKey({ kind: 'anthropicAPIKey', key, override, create: createAnthropicApiKey });
  }
  return createRefusal('this backend has no credentials that the gateway can use');
}

function createAws(
  aws: AwsAuth,
  override: BackendCredentialOverride | undefined,
  context: AuthenticatorContext,
): BackendAuthenticator {
  const { host, report } = context;
  const region = aws.region === '' ? undefined : aws.region;
  const stsRegion = region ?? regionOfHost(host);
  try {
    if (region !== undefined) assertRegion(region);
    if ((aws.roleArn ?? aws.assumeRole) !== undefined && stsRegion === undefined) {
      throw new AwsAuthError('invalid_region', 'assuming a role needs `region` in the policy');
    }
  } catch (error) {
    if (!AwsAuthError.is(error)) throw error;
    report(error.message);
    return createRefusal(`the gateway cannot sign requests to this backend: ${error.message}`);
  }
  const identify = createIdentity({ ...aws, stsRegion }, override, context);
  return createAwsSigV4({ identify, region, host, onError: (error) => report(error.message) });
}

/** Where nothing but a request's own credentials may be used, none are fetched. */
function createIdentity(
  policy: AwsPolicy,
  override: BackendCredentialOverride | undefined,
  { credentials, backend, now }: AuthenticatorContext,
): AwsSigV4Options['identify'] {
  if (override?.fallbackToConfigured === false) return createOverriddenIdentity(override, undefined, now);
  const configured = createConfiguredIdentity(credentials.get(policy, backend));
  return override === undefined ? configured : createOverriddenIdentity(override, configured, now);
}
