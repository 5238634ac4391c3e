import type { CredentialSource } from '../credentials.ts';
import { createSdkSource } from './sdk-source.ts';

/**
 * The SDK's default chain: environment, shared files and SSO, web identity (IRSA), ECS and EKS Pod Identity, IMDS.
 * The SDK is loaded at the first call, so that a process without AWS never pays for it.
 */
export function createDefaultChainSource(): CredentialSource {
  return createSdkSource(async () => {
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
    return fromNodeProviderChain();
  });
}
