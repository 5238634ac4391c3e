import type { BackendCredentialOverride } from '@aigw/api-types';
import type { BackendAuthenticator } from './backend-auth.ts';
import { readKeyOverride } from './credential-override.ts';
import { createRefusal } from './refusal.ts';

export interface OverridableKeyOptions {
  readonly kind: 'apiKey' | 'anthropicAPIKey';
  readonly key: string;
  readonly override: BackendCredentialOverride | undefined;
  /** The authenticator of one key. */
  readonly create: (key: string) => BackendAuthenticator;
}

/** The key that a request brings itself where that is allowed, else the configured one. */
export function createOverridableKey({
  kind,
  key,
  override,
  create,
}: OverridableKeyOptions): BackendAuthenticator {
  if (override === undefined) return create(key);
  const otherwise = override.fallbackToConfigured
    ? create(key)
    : createRefusal('the request brings no API key for this backend');
  return {
    apply(request) {
      const own = readKeyOverride(kind, override, request);
      return (own === undefined ? otherwise : create(own)).apply(request);
    },
  };
}
