import type { ResolvedBackend } from '../resolve/resolved-route.ts';

/** Where other filters put the credentials of requests, for backends that take them from there. */
export function credentialNamespaces(backends: readonly ResolvedBackend[]): string[] {
  const namespaces = backends.flatMap(({ auth }) => auth?.credentialOverride?.dynamicMetadataNamespace ?? []);
  return [...new Set(namespaces)].sort();
}
