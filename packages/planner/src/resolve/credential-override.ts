import type { BackendCredentialOverride, BackendSecurityPolicy } from '@aigw/api-types';
import type { Located } from './resource-set.ts';

type PolicySpec = Located<'BackendSecurityPolicy'>['resource']['spec'];
type Override = NonNullable<BackendSecurityPolicy['spec']['credentialOverride']>;

/** Where a policy lets requests bring their own credentials; `undefined` where it does not, as none of v1alpha1 does. */
export function credentialOverride(spec: PolicySpec): BackendCredentialOverride | undefined {
  if (!('credentialOverride' in spec)) return undefined;
  const { fromRequestHeaders, fromDynamicMetadata } = spec.credentialOverride ?? {};
  if (fromRequestHeaders !== undefined) return fromHeaders(fromRequestHeaders);
  return fromDynamicMetadata && fromMetadata(fromDynamicMetadata);
}

function fromHeaders({
  header,
  fallbackToConfigured,
}: NonNullable<Override['fromRequestHeaders']>): BackendCredentialOverride {
  const where = header === undefined || header === '' ? {} : { headerName: header.toLowerCase() };
  return { ...where, fallbackToConfigured, inputHeadersToRemove: [] };
}

function fromMetadata({
  namespace,
  key,
  fallbackToConfigured,
}: NonNullable<Override['fromDynamicMetadata']>): BackendCredentialOverride {
  const name = key === undefined ? {} : { dynamicMetadataKey: key };
  return { dynamicMetadataNamespace: namespace, ...name, fallbackToConfigured, inputHeadersToRemove: [] };
}
