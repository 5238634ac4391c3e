import type { CredentialSource } from '../credentials.ts';
import { createSdkSource } from './sdk-source.ts';
import { buildStsClientConfig } from './sts-client.ts';

export interface WebIdentityOptions {
  readonly roleArn: string;
  /** A file with the token, read again for each fetch because the kubelet renews it. */
  readonly tokenFile: string;
  /** Region of the STS endpoint. */
  readonly region: string;
  /** What CloudTrail shows as the session's name. */
  readonly sessionName?: string;
}

/** Credentials of a role, assumed with a web identity token (IRSA). */
export function createWebIdentitySource(options: WebIdentityOptions): CredentialSource {
  const { roleArn, tokenFile, region, sessionName } = options;
  return createSdkSource(async () => {
    const { fromTokenFile } = await import('@aws-sdk/credential-providers');
    return fromTokenFile({
      roleArn,
      webIdentityTokenFile: tokenFile,
      roleSessionName: sessionName ?? 'ai-gateway',
      clientConfig: buildStsClientConfig(region),
    });
  });
}
