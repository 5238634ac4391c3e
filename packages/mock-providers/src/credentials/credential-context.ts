import type { CredentialStore } from './credential-store.ts';
import type { MetadataTokens } from './metadata-tokens.ts';
import type { OidcIssuer } from './oidc/oidc-issuer.ts';

/** The services that give credentials. */
export const credentialServices = ['sts', 'oidc', 'pod-identity', 'ecs', 'imds'] as const;
export type CredentialService = (typeof credentialServices)[number];

/** Who may assume a role; a role that is not described trusts everybody. */
export interface RoleTrust {
  /** AssumeRole must name it. */
  readonly externalId?: string;
  /** AssumeRole must set these session tags, among others. */
  readonly sessionTags?: Readonly<Record<string, string>>;
  /** AssumeRoleWithWebIdentity takes tokens of this subject only. */
  readonly subject?: string;
}

/** What the services that give credentials share. */
export interface CredentialContext {
  readonly store: CredentialStore;
  readonly issuer: OidcIssuer;
  readonly metadataTokens: MetadataTokens;
  /** By role ARN. */
  readonly roles: Readonly<Record<string, RoleTrust>>;
  /** Seconds that all credentials live, whatever was asked for. */
  readonly lifetimeSeconds: number | undefined;
  /** Faults that strike every request to a service, as in the header `x-mock-fault`. */
  readonly faults: Map<CredentialService, string>;
}

/** The account in which everything is. */
export const mockAccount = '123456789012';
/** Seconds that credentials live unless said otherwise. */
export const defaultLifetimeSeconds = 3600;
