import type { AwsAuth } from '@aigw/api-types';
import {
  createAssumeRoleSource,
  createDefaultChainSource,
  createOidcExchangeSource,
  createRoleSource,
  createStaticFileSource,
  type CredentialSource,
} from '@aigw/aws-auth';

/** What a policy says of credentials, with the region in which STS is asked. */
export type AwsPolicy = AwsAuth & { readonly stsRegion?: string | undefined };

/** The source that a policy describes; with `assumeRole` what it gives is used to assume that role. */
export function createPolicySource(policy: AwsPolicy): CredentialSource {
  const { assumeRole, stsRegion } = policy;
  const master = createFirstSource(policy);
  if (assumeRole === undefined || stsRegion === undefined) return master;
  return createAssumeRoleSource({ ...assumeRole, region: stsRegion, master });
}

function createFirstSource(policy: AwsPolicy): CredentialSource {
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
}: AwsPolicy): string {
  const then = assumeRole === undefined ? '' : `, then role ${assumeRole.roleArn}`;
  if (text !== '') return `credentials file, profile ${profile}${then}`;
  if (roleArn === undefined) return `default chain${then}`;
  const identity =
    oidc === undefined
      ? 'own identity'
      : `client ${oidc.clientId} of ${oidc.issuer.replace(/\/\/.*@/, '//')}`;
  return `${identity}, then role ${roleArn}${then}`;
}
