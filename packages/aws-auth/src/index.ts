export { type CallerIdentity, type CallerIdentityOptions, fetchCallerIdentity } from './caller-identity.ts';
export { type AwsCredentials, type CredentialCache, type CredentialSource } from './credentials.ts';
export { buildEndpointHost, type EndpointHost, isSameHost, parseEndpointHost } from './endpoint-host.ts';
export { AwsAuthError, type AwsAuthErrorCode } from './errors.ts';
export { createProviderClock, type ProviderClock } from './provider-clock.ts';
export { readSigningRefusal, type SigningRefusal } from './read-refusal.ts';
export { createRefreshingCredentials, type RefreshingOptions } from './refreshing-credentials.ts';
export { planRenewal } from './renewal.ts';
export { assertRegion, type RegionHints, regionOfArn, regionOfHost, resolveRegion } from './region.ts';
export {
  createSigner,
  type SignableRequest,
  type SignatureHeaders,
  type Signer,
  type SigningOptions,
} from './signer.ts';
export { type AssumeRoleOptions, createAssumeRoleSource } from './sources/assume-role.ts';
export { type ClientCredentials } from './sources/client-token.ts';
export { createDefaultChainSource } from './sources/default-chain.ts';
export { createOidcExchangeSource, type OidcExchangeOptions } from './sources/oidc-exchange.ts';
export {
  createRotatedSource,
  type RotatedCredentials,
  type RotatedSourceOptions,
} from './sources/rotated.ts';
export { createRoleSource } from './sources/role.ts';
export { createStaticFileSource, type StaticFileOptions } from './sources/static-file.ts';
export { createWebIdentitySource, type WebIdentityOptions } from './sources/web-identity.ts';
