import type { CredentialSource } from '../credentials.ts';
import { createSdkSource } from './sdk-source.ts';
import { buildStsClientConfig } from './sts-client.ts';

export interface AssumeRoleOptions {
  readonly roleArn: string;
  /** Region of the STS endpoint. */
  readonly region: string;
  /** What CloudTrail shows as the session's name; `ai-gateway` when absent. */
  readonly sessionName?: string | undefined;
  /** What the role's trust policy asks of third parties (`sts:ExternalId`). */
  readonly externalId?: string | undefined;
  /** Tags of the session, for policies with `aws:PrincipalTag`. */
  readonly sessionTags?: readonly { readonly key: string; readonly value: string }[] | undefined;
  /** Whose rights are used to assume it; the default chain when absent. */
  readonly master?: CredentialSource | undefined;
}

/**
 * Credentials of a role, assumed with other credentials.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function createAssumeRoleSource(options: AssumeRoleOptions): CredentialSource {
  const { roleArn, region, sessionName = 'ai-gateway', externalId, sessionTags = [], master } = options;
  return createSdkSource(async () => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    return fromTemporaryCredentials({
      // What the SDK tells a provider is not what a source is told.
      ...(master === undefined ? {} : { masterCredentials: () => master() }),
      params: {
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
        ...(sessionTags.length === 0
          ? {}
          : { Tags: sessionTags.map(({ key, value }) => ({ Key: key, Value: value })) }),
      },
      clientConfig: buildStsClientConfig(region),
    });
  });
}
