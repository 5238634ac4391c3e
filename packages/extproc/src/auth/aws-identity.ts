import type { BackendCredentialOverride } from '@aigw/api-types';
import { type CredentialCache, createProviderClock } from '@aigw/aws-auth';
import type { AwsSigV4Options } from './aws-sigv4.ts';
import { AuthError } from './backend-auth.ts';
import { readAwsOverride } from './credential-override.ts';

/** Signs with the policy's credentials, which can be replaced when AWS refuses them. */
export function createConfiguredIdentity(cache: CredentialCache): AwsSigV4Options['identify'] {
  return () => ({
    credentials: cache.get(),
    clock: cache.clock,
    replace: (refused) => cache.replace(refused),
  });
}

/**
 * Signs with the credentials that a request brings itself.
 * @param configured For requests that bring none; absent: they are refused.
 */
export function createOverriddenIdentity(
  override: BackendCredentialOverride,
  configured: AwsSigV4Options['identify'] | undefined,
  now: () => number,
): AwsSigV4Options['identify'] {
  const clock = createProviderClock(now);
  return (request) => {
    const credentials = readAwsOverride(override, request);
    if (credentials !== undefined) return { credentials, clock };
    if (configured !== undefined) return configured(request);
    throw new AuthError('missing_credential', 'the request brings no AWS credentials for this backend');
  };
}
