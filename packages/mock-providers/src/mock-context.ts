import type { PrefixCache } from './brain/prefix-cache.ts';
import type { CredentialContext } from './credentials/credential-context.ts';
import type { MockCredentials } from './sigv4/verify-sigv4.ts';

/** What every provider of one mock shares. */
export interface MockContext {
  readonly now: () => Date;
  readonly cache: PrefixCache;
  /** False: neither signatures nor keys are looked at. */
  readonly verify: boolean;
  /** Where the request's Host names no region. */
  readonly region: string | undefined;
  readonly anthropicApiKeys: readonly string[];
  readonly openaiApiKeys: readonly string[];
  readonly bedrockApiKeys: readonly string[];
  /** STS, the metadata services and the OIDC issuer. */
  readonly credentialServices: CredentialContext;
  /** Replaceable while the mock runs. */
  credentials: readonly MockCredentials[];
}
