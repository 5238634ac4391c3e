import { aiGatewayGroup, namespaceOf, type SecretReference } from '@aigw/api-types';
import type { ProblemLog } from './problem-log.ts';
import { describeMissingGrant, isReferenceAllowed } from './reference-grants.ts';
import { describeMissing, type Located, type ResourceSet } from './resource-set.ts';

const decodeBase64 = (text: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (char) => char.codePointAt(0) ?? 0),
  );

/** What was decoded of a Secret: thousands of backends can share one. */
const decoded = new WeakMap<object, Map<string, string>>();

function decodeOnce(secret: object, encoded: string): string {
  const known = decoded.get(secret) ?? new Map<string, string>();
  decoded.set(secret, known);
  const text = known.get(encoded) ?? decodeBase64(encoded);
  known.set(encoded, text);
  return text;
}

/** The text under a key of a Secret; `stringData` wins over `data`, as on the API server. */
export function secretText({ resource }: Located<'Secret'>, key: string): string | undefined {
  const plain = resource.stringData?.[key];
  if (plain !== undefined) return plain;
  const encoded = resource.data?.[key];
  return encoded === undefined || encoded === null ? undefined : decodeOnce(resource, encoded);
}

const keysOf = ({ resource }: Located<'Secret'>): string[] => [
  ...new Set([...Object.keys(resource.data ?? {}), ...Object.keys(resource.stringData ?? {})]),
];

/** What a policy refers to by a Secret and its key; problems are reported and give `undefined`. */
export function resolveSecret(
  { set, log }: { readonly set: ResourceSet; readonly log: ProblemLog },
  policy: Located<'BackendSecurityPolicy'>,
  ref: SecretReference,
  at: { readonly path: string; readonly defaultKey: string },
): string | undefined {
  const own = namespaceOf(policy.resource);
  const namespace = ref.namespace ?? own;
  const from = { group: aiGatewayGroup, kind: 'BackendSecurityPolicy', namespace: own };
  const to = { group: '', kind: 'Secret', namespace, name: ref.name };
  if (!isReferenceAllowed(set, from, to)) {
    log.error(policy, `${at.path}.namespace`, describeMissingGrant(from, to), 'RefNotPermitted');
    return undefined;
  }
  const secret = set.find('Secret', namespace, ref.name);
  if (secret === undefined) {
    log.error(
      policy,
      `${at.path}.name`,
      describeMissing(set, 'Secret', namespace, ref.name),
      'SecretNotFound',
    );
    return undefined;
  }
  const key = ref.key ?? at.defaultKey;
  const text = secretText(secret, key);
  if (text === undefined) {
    const existing = keysOf(secret);
    const message = `Secret ${namespace}/${ref.name} has no key "${key}"`;
    const there = existing.length === 0 ? 'it has none' : `it has ${existing.join(', ')}`;
    log.error(policy, at.path, { message, hint: { namespace, text: there } }, 'SecretNotFound');
  }
  return text;
}
