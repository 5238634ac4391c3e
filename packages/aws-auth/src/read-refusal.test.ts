import { readSigningRefusal } from './read-refusal.ts';

test.each([
  ['ExpiredTokenException:http://internal.amazon.com/coral/com.amazon.coral.service/', 'credentials'],
  ['ExpiredToken', 'credentials'],
  ['UnrecognizedClientException', 'credentials'],
  ['InvalidSignatureException', 'time'],
  ['RequestExpired', 'time'],
  ['AccessDeniedException', undefined],
  ['ThrottlingException', undefined],
  ['', undefined],
  [undefined, undefined],
])('%j: %s', (errorType, refusal) => {
  expect(readSigningRefusal(errorType)).toBe(refusal);
});
