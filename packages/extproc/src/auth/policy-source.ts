import type { AwsAuth } from '@aigw/api-types';
import {
  createAssumeRoleSource,
  createDefaultChainSource,
  createOidcExchangeSource,
  createRoleSource,
  createRotatedSource,
  createStaticFileSource,
  type CredentialSource,
  type RotatedCredentials,
} from '@aigw/aws-auth';

/** What a policy says of credentials, with the region in which STS is asked. */
export type AwsPolicy = AwsAuth & { readonly stsRegion?: string | undefined };

/** What of a policy stays the same while others renew its credentials. */
export type LastingPolicy = Omit<AwsPolicy, 'rotated'>;

/** What the source of a policy needs from outside. */
export interface PolicySourceOptions {
  /** The latest credentials that the control plane has for the policy. */
  readonly rotated: () => RotatedCredentials | undefined;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** The source that a policy describes; with `assumeRole` what it gives is used to assume that role. */
export function createPolicySource(
  policy: LastingPolicy,
  { rotated, now }: PolicySourceOptions,
): CredentialSource {
  const { assumeRole, stsRegion: region } = policy;
  const first = createFirstSource(policy);
  const chain = (master: CredentialSource): CredentialSource =>
    assumeRole === undefined || region === undefined
      ? master
      : createAssumeRoleSource({ ...assumeRole, region, master });
  return policy.oidc === undefined
    ? chain(first)
    : createRotatedSource({ rotated, chain, exchange: first, now });
}

function createFirstSource(policy: LastingPolicy): CredentialSource {
  const { credentialFileLiteral: text, profile, roleArn, oidc, stsRegion: region } = policy;
  if (text !== undefined && text !== '') return createStaticFileSource({ text, profile, region });
  if (roleArn === undefined || region === undefined) return createDefaultChainSource(region);
  return oidc === undefined
    ? createRoleSource({ roleArn, region })
    : createOidcExchangeSource({ roleArn, region, client: oidc });
}

/** What a policy says of where its credentials come from, for people; nothing in it is secret. */
export function describePolicy({
  credentialFileLiteral: text = '',
  profile = 'default',
  roleArn,
  oidc,
  assumeRole,
}: LastingPolicy): string {
  const then = assumeRole === undefined ? '' : `, then role ${assumeRole.roleArn}`;
  if (text !== '') return `credentials file, profile ${profile}${then}`;
  if (roleArn === undefined) return `default chain${then}`;
  const identity =
    oidc === undefined
      ? 'own identity'
      : `client ${oidc.clientId} of ${oidc.issuer.replace(/\/\/.*@/, '//')}`;
  return `${identity}, then role ${roleArn}${then}`;
}
