import type { AwsAuth, BackendAuth } from '@aigw/api-types';
import { AwsAuthError, assertRegion, regionOfHost } from '@aigw/aws-auth';
import { createAnthropicApiKey } from './anthropic-api-key.ts';
import { createApiKey } from './api-key.ts';
import { createAwsSigV4 } from './aws-sigv4.ts';
import type { BackendAuthenticator } from './backend-auth.ts';
import type { CredentialLease } from './credential-pool.ts';
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
  if (auth.aws !== undefined) return createAws(auth.aws, context);
  if (auth.apiKey !== undefined) return createApiKey(auth.apiKey.key);
  if (auth.anthropicAPIKey !== undefined) return createAnthropicApiKey(auth.anthropicAPIKey.key);
  return createRefusal('this backend has no credentials that the gateway can use');
}

function createAws(aws: AwsAuth, context: AuthenticatorContext): BackendAuthenticator {
  const { backend, host, credentials, now, report } = context;
  const region = aws.region === '' ? undefined : aws.region;
  const stsRegion = region ?? regionOfHost(host);
  try {
    if (region !== undefined) assertRegion(region);
    if (aws.roleArn !== undefined && stsRegion === undefined) {
      throw new AwsAuthError('invalid_region', 'assuming a role needs `region` in the policy');
    }
  } catch (error) {
    if (!AwsAuthError.is(error)) throw error;
    report(error.message);
    return createRefusal(`the gateway cannot sign requests to this backend: ${error.message}`);
  }
  return createAwsSigV4({
    credentials: credentials.get({ ...aws, stsRegion }, backend),
    region,
    host,
    now,
    onError: (error) => report(error.message),
  });
}
