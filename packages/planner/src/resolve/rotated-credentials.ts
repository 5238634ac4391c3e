import { aiGatewayGroup, type AwsAuth, type AwsRotatedCredentials, namespaceOf } from '@aigw/api-types';
import { boundedName, type Sha256Hex } from '../kubernetes/names.ts';
import type { Located, ResourceSet } from './resource-set.ts';
import { secretText } from './secrets.ts';

/** The annotation of a rotated Secret that says when its credentials end (RFC 3339), as the reference has it. */
export const expirationAnnotation = 'rotators/expiration-time';

/** The annotation of a rotated Secret with the digest of what its credentials were exchanged for. */
export const exchangeAnnotation = `${aiGatewayGroup}/exchange`;

/** The key of a rotated Secret. */
export const rotatedKey = 'credentials';

/** A role, and the client whose tokens are exchanged for its credentials. */
export type Exchange = Required<Pick<AwsAuth, 'roleArn' | 'oidc'>>;

type Policy = Located<'BackendSecurityPolicy'>;

/** The Secret with what is exchanged for a policy, in its namespace. */
export const rotatedSecretName = (policy: string, sha256Hex: Sha256Hex): string =>
  boundedName('ai-eg-bsp', policy, sha256Hex);

/** The same for as long as credentials that were exchanged once are what the policy asks for. */
export function digestExchange(
  { roleArn, oidc }: Exchange,
  { resource }: Policy,
  sha256Hex: Sha256Hex,
): string {
  const { issuer, tokenEndpoint, clientId, clientSecret, scopes, audience } = oidc;
  const region = resource.spec.awsCredentials?.region;
  return sha256Hex(
    JSON.stringify([1, region, roleArn, issuer, tokenEndpoint, clientId, clientSecret, scopes, audience]),
  );
}

/** True for a time as these annotations have it. */
export const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text);

/** What is in a rotated Secret; `undefined` when it is not of this exchange, or somebody has changed it. */
export function readRotated(secret: Located<'Secret'>, digest: string): AwsRotatedCredentials | undefined {
  const { annotations } = secret.resource.metadata;
  const expiration = annotations?.[expirationAnnotation] ?? '';
  const text = secretText(secret, rotatedKey) ?? '';
  if (annotations?.[exchangeAnnotation] !== digest || !isTime(expiration) || text === '') return undefined;
  return { credentialFileLiteral: text, expiration };
}

/** What the control plane has exchanged for a policy. */
export function findRotated(
  { set, sha256Hex }: { readonly set: ResourceSet; readonly sha256Hex: Sha256Hex },
  policy: Policy,
  exchange: Exchange,
): AwsRotatedCredentials | undefined {
  const name = rotatedSecretName(policy.resource.metadata.name, sha256Hex);
  const secret = set.find('Secret', namespaceOf(policy.resource), name);
  return secret && readRotated(secret, digestExchange(exchange, policy, sha256Hex));
}
