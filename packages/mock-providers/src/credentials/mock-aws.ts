import { parseFault } from '../faults/mock-faults.ts';
import { createCredentialStore } from './credential-store.ts';
import type { IssuedCredentials, Revocation } from './credential-store.ts';
import type { CredentialContext, CredentialService, RoleTrust } from './credential-context.ts';
import { podIdentityAudience } from './container-credentials.ts';
import { createMetadataTokens } from './metadata-tokens.ts';
import { createOidcIssuer } from './oidc/oidc-issuer.ts';
import type { OidcClient, TokenClaims } from './oidc/oidc-issuer.ts';

/** How the services that give credentials behave; everything has a default. */
export interface CredentialOptions {
  /** Seconds that all temporary credentials live, even fewer than AWS's least of 900; absent: what is asked for, else an hour. */
  readonly credentialLifetimeSeconds?: number;
  /** Seconds that the tokens of the OIDC token endpoint live, default 3600. */
  readonly tokenLifetimeSeconds?: number;
  /** The client that the OIDC token endpoint knows; default `mockCredentials.oidcClient`. */
  readonly oidcClient?: OidcClient;
  /** Who may assume which role, by ARN; a role that is not here trusts everybody. */
  readonly roles?: Readonly<Record<string, RoleTrust>>;
}

/** The AWS side of a running mock. */
export interface MockAws {
  /** URL of the OIDC issuer. */
  readonly issuer: string;
  /** A token of the issuer, for web identity (the default audience) or the Pod Identity agent (`pods.eks.amazonaws.com`). */
  createToken(claims?: TokenClaims): string;
  /** The token that the Pod Identity agent takes. */
  createPodToken(claims?: Omit<TokenClaims, 'audience'>): string;
  /** Temporary credentials that were given out: the last 1000, newest last. */
  issued(): readonly IssuedCredentials[];
  /** Ends all that were given out so far, before their time. */
  revoke(as: Revocation): void;
  /**
   * From now on every valid request to the service meets this fault, as in the header `x-mock-fault`; `undefined` ends it.
   * @throws Error when there is no such fault
   */
  setFault(service: CredentialService, fault: string | undefined): void;
}

/** The shared state of the services. */
export function createCredentialContext(
  options: CredentialOptions & { readonly oidcClient: OidcClient },
  url: string,
  now: () => Date,
): CredentialContext {
  const { oidcClient, tokenLifetimeSeconds = 3600, roles = {}, credentialLifetimeSeconds } = options;
  return {
    store: createCredentialStore(now),
    issuer: createOidcIssuer({ url: `${url}/oidc`, client: oidcClient, tokenLifetimeSeconds, now }),
    metadataTokens: createMetadataTokens(now),
    roles,
    lifetimeSeconds: credentialLifetimeSeconds,
    faults: new Map(),
  };
}

/** The handle of the services for whoever started the mock. */
export function createMockAws({ store, issuer, faults }: CredentialContext): MockAws {
  return {
    issuer: issuer.url,
    createToken: (claims) => issuer.createToken(claims),
    createPodToken: (claims) => issuer.createToken({ ...claims, audience: podIdentityAudience }),
    issued: () => store.list(),
    revoke: (as) => store.revoke(as),
    setFault(service, fault) {
      const parsed = fault === undefined ? undefined : parseFault(fault);
      if (typeof parsed === 'string') throw new Error(parsed);
      if (fault === undefined) faults.delete(service);
      else faults.set(service, fault);
    },
  };
}

/**
 * The environment variables that send an AWS SDK to the mock at `url`, by where its credentials come from. The SDK takes
 * the first source that it finds, so only one of them may be set; `sts` goes with each.
 */
export function mockAwsEnvironment(
  url: string,
): Readonly<Record<'sts' | 'pod-identity' | 'ecs' | 'imds', Readonly<Record<string, string>>>> {
  return {
    sts: { AWS_ENDPOINT_URL_STS: url },
    'pod-identity': { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials` },
    ecs: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v2/credentials/mock` },
    imds: { AWS_EC2_METADATA_SERVICE_ENDPOINT: url },
  };
}
