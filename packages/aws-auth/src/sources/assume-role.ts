import type { CredentialSource } from '../credentials.ts';
import { createSdkSource } from './sdk-source.ts';

export interface AssumeRoleOptions {
  readonly roleArn: string;
  /** Region of the STS endpoint. */
  readonly region: string;
  /** What CloudTrail shows as the session's name. */
  readonly sessionName?: string;
  /** Whose rights are used to assume it; the default chain when absent. */
  readonly master?: CredentialSource;
}

/** Credentials of a role, assumed with other credentials. */
export function createAssumeRoleSource({
  roleArn,
  region,
  sessionName,
  master,
}: AssumeRoleOptions): CredentialSource {
  return createSdkSource(async () => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    return fromTemporaryCredentials({
      ...(master === undefined ? {} : { masterCredentials: master }),
      params: { RoleArn: roleArn, RoleSessionName: sessionName ?? 'ai-gateway' },
      clientConfig: { region },
    });
  });
}
