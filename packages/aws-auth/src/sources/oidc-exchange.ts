import type { CredentialSource } from '../credentials.ts';
import { AwsAuthError, describeFailure } from '../errors.ts';
import { type ClientCredentials, fetchClientToken } from './client-token.ts';
import { createSdkSource } from './sdk-source.ts';
import { buildStsClientConfig } from './sts-client.ts';

export interface OidcExchangeOptions {
  readonly roleArn: string;
  /** Region of the STS endpoint. */
  readonly region: string;
  /** What CloudTrail shows as the session's name; `ai-gateway` when absent. */
  readonly sessionName?: string;
  readonly client: ClientCredentials;
}

/**
 * Credentials of a role, assumed with a token that an OIDC issuer gives to a client of its own. A new token for each fetch:
 * tokens often live shorter than the credentials that they are exchanged for.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
export function createOidcExchangeSource(options: OidcExchangeOptions): CredentialSource {
  const { roleArn, region, sessionName = 'ai-gateway', client } = options;
  return async () => {
    const webIdentityToken = await fetchToken(client);
    const exchange = createSdkSource(async () => {
      const { fromWebToken } = await import('@aws-sdk/credential-providers');
      const clientConfig = buildStsClientConfig(region);
      return fromWebToken({ roleArn, roleSessionName: sessionName, webIdentityToken, clientConfig });
    });
    return exchange();
  };
}

async function fetchToken(client: ClientCredentials): Promise<string> {
  try {
    return await fetchClientToken(client, AbortSignal.timeout(5000));
  } catch (cause) {
    const reason = describeFailure(cause);
    throw new AwsAuthError('credentials_unavailable', `no token of the OIDC issuer: ${reason}`);
  }
}
