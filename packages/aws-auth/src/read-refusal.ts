/**
 * Why AWS refused a signed request, as far as another signature may help: the credentials are not valid any more, or the
 * time in the signature may be wrong.
 */
export type SigningRefusal = 'credentials' | 'time';

const refusals: ReadonlyMap<string, SigningRefusal> = new Map([
  ['ExpiredToken', 'credentials'],
  ['ExpiredTokenException', 'credentials'],
  ['UnrecognizedClientException', 'credentials'],
  ['InvalidClientTokenId', 'credentials'],
  ['InvalidSignatureException', 'time'],
  ['SignatureDoesNotMatch', 'time'],
  ['RequestExpired', 'time'],
  ['RequestInTheFuture', 'time'],
  ['RequestTimeTooSkewed', 'time'],
]);

/**
 * Reads the `x-amzn-errortype` header of an answer (`Name:http://namespace/`); `undefined` for any other error.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
 */
export function readSigningRefusal(errorType: string | undefined): SigningRefusal | undefined {
  return refusals.get(errorType?.split(':', 1)[0]?.trim() ?? '');
}
