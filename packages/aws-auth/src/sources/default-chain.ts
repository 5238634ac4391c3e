import type { CredentialSource } from '../credentials.ts';
import { createSdkSource } from './sdk-source.ts';
import { buildStsClientConfig } from './sts-client.ts';

/**
 * The SDK's default chain: environment, shared files and SSO, web identity (IRSA), ECS and EKS Pod Identity, IMDS.
 * The SDK is loaded at the first call, so that a process without AWS never pays for it.
 * @param region Of the STS endpoint, for profiles and tokens that need one; the environment's when absent.
 */
export function createDefaultChainSource(region?: string): CredentialSource {
  return createSdkSource(async () => {
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
    return fromNodeProviderChain({
      // The SDK keeps the shared files' text for the life of the process; who rewrites them wants the new keys used.
      ignoreCache: true,
      ...(region === undefined ? {} : { clientConfig: buildStsClientConfig(region) }),
    });
  });
}
