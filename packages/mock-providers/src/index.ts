export { mockCredentials, startMockProviders } from './mock-providers.ts';
export type { MockOptions, MockProviders } from './mock-providers.ts';
export { mockAwsEnvironment } from './credentials/mock-aws.ts';
export type { CredentialOptions, MockAws } from './credentials/mock-aws.ts';
export type { CredentialService, RoleTrust } from './credentials/credential-context.ts';
export type { IssuedCredentials, Revocation } from './credentials/credential-store.ts';
export type { OidcClient, TokenClaims } from './credentials/oidc/oidc-issuer.ts';
export type { RecordedRequest } from './request-journal.ts';
export { isProviderHost } from './provider-hosts.ts';
export { mockFaultHeader, mockFaults } from './faults/mock-faults.ts';
export type { MockFaultName } from './faults/mock-faults.ts';
export { verifySigV4 } from './sigv4/verify-sigv4.ts';
export type { MockCredentials, SigV4ErrorCode, SigV4Options, SigV4Verdict } from './sigv4/verify-sigv4.ts';
export type { SigV4Request } from './sigv4/build-canonical-request.ts';
export { encodeEventStreamMessage } from './event-stream/encode-event-stream-message.ts';
export { decodeEventStream, decodeEventStreamMessage } from './event-stream/decode-event-stream-message.ts';
export type { DecodedEventStreamMessage } from './event-stream/decode-event-stream-message.ts';
export { EventStreamError } from './event-stream/event-stream-message.ts';
export type {
  EventStreamErrorCode,
  EventStreamHeaders,
  EventStreamHeaderValue,
  EventStreamMessage,
} from './event-stream/event-stream-message.ts';
