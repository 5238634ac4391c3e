import type { MockContext } from '../../mock-context.ts';
import type { MockRequest } from '../../mock-request.ts';
import { verifySigV4 } from '../../sigv4/verify-sigv4.ts';
import type { SigV4ErrorCode } from '../../sigv4/verify-sigv4.ts';
import { mockAccount } from '../credential-context.ts';
import type { StsErrorCode, StsFailure } from './sts-xml.ts';

/** Who signed a request. */
export interface Caller {
  readonly accessKeyId: string;
  readonly arn: string;
  /** Temporary credentials: a role that they assume lives an hour at most. */
  readonly isTemporary: boolean;
}

/** STS has older names for what is wrong with a signature than Bedrock. */
const codes = {
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  IncompleteSignatureException: 'IncompleteSignature',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ExpiredTokenException: 'ExpiredToken',
  InvalidSignatureException: 'SignatureDoesNotMatch',
} as const satisfies Readonly<Record<SigV4ErrorCode, StsErrorCode>>;

/** Verifies the signature of a request to STS, in any region. */
export function authenticateSts(request: MockRequest, context: MockContext): Caller | StsFailure {
  const issued = context.credentialServices.store.list();
  const verdict = verifySigV4(request, {
    credentials: [...context.credentials, ...issued],
    now: context.now(),
    service: 'sts',
  });
  if (!verdict.ok) return { code: codes[verdict.code], message: verdict.message };
  const { accessKeyId } = verdict;
  const session = issued.find((credentials) => credentials.accessKeyId === accessKeyId);
  return {
    accessKeyId,
    arn: session?.arn ?? `arn:aws:iam::${mockAccount}:user/mock`,
    isTemporary: session !== undefined,
  };
}
