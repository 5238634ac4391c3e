import { type Dialect, localError, TranslationError } from '@aigw/translator';
import { AuthError } from '../auth/backend-auth.ts';
import type { ImmediateAnswer } from '../codec/messages.ts';

/** The answer for an error that arose in the gateway, in the client's dialect; `details` goes to Envoy's access log. */
export function buildErrorAnswer(dialect: Dialect, error: unknown, requestId: string): ImmediateAnswer {
  const known = toTranslationError(error);
  const { status, headers, body } = localError(dialect, known, requestId);
  const details = `aigw_${TranslationError.is(known) ? known.code : 'internal'}`;
  return { kind: 'immediate', status, headers, body, details };
}

/** True for errors whose message says all there is to know: the client's own, or a credential's. */
export function isExpectedError(error: unknown): boolean {
  const known = toTranslationError(error);
  return TranslationError.is(known) && known.code !== 'internal';
}

/** The codes of authentication are also rows of the translator's table. */
function toTranslationError(error: unknown): unknown {
  if (!AuthError.is(error)) return error;
  const { code, message, retryAfterSeconds: seconds } = error;
  const headers = seconds === undefined ? [] : [['retry-after', String(seconds)] as const];
  return new TranslationError(code, message, { cause: error, headers });
}
