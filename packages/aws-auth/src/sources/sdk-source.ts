import type { AwsCredentialIdentity } from '@smithy/types';
import { type CredentialSource, toAwsCredentials } from '../credentials.ts';
import { AwsAuthError, describeFailure } from '../errors.ts';

/**
 * A source on one of the SDK's providers. The provider is made anew for each fetch: the SDK's own caches would otherwise
 * answer with what is about to expire.
 */
export function createSdkSource(load: () => Promise<() => Promise<AwsCredentialIdentity>>): CredentialSource {
  return async () => {
    try {
      const provider = await load();
      return toAwsCredentials(await provider());
    } catch (cause) {
      if (AwsAuthError.is(cause)) throw cause;
      throw new AwsAuthError('credentials_unavailable', `no AWS credentials: ${describeFailure(cause)}`);
    }
  };
}
