import { errorTable } from './errors.ts';

/** What a failure is called in each dialect, and the status that goes with its name. */
export interface ErrorTypes {
  readonly status: number;
  readonly openai: string;
  readonly anthropic: string;
}

const row = (status: number, openai: string, anthropic = openai): ErrorTypes => ({
  status,
  openai,
  anthropic,
});

/**
 * Errors by the name that a provider gives them: exceptions of AWS, then types of Anthropic, then codes of OpenAI.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
 * @see https://docs.anthropic.com/en/api/errors
 * @see https://platform.openai.com/docs/guides/error-codes
 */
const namedErrors: ReadonlyMap<string, ErrorTypes> = new Map([
  ['ValidationException', row(400, 'invalid_request_error')],
  ['ServiceQuotaExceededException', row(400, 'insufficient_quota', 'rate_limit_error')],
  ['AccessDeniedException', row(403, 'permission_error')],
  ['UnrecognizedClientException', row(403, 'authentication_error')],
  ['ExpiredTokenException', row(403, 'authentication_error')],
  ['InvalidSignatureException', row(403, 'authentication_error')],
  ['IncompleteSignatureException', row(403, 'authentication_error')],
  ['MissingAuthenticationTokenException', row(403, 'authentication_error')],
  ['ResourceNotFoundException', row(404, 'not_found_error')],
  ['ModelTimeoutException', row(408, 'timeout', 'timeout_error')],
  ['ModelErrorException', row(424, 'upstream_error', 'api_error')],
  ['ModelStreamErrorException', row(424, 'upstream_error', 'api_error')],
  ['ThrottlingException', row(429, 'rate_limit_error')],
  ['ModelNotReadyException', row(429, 'rate_limit_error')],
  ['InternalServerException', row(500, 'server_error', 'api_error')],
  ['ServiceUnavailableException', row(503, 'server_error', 'overloaded_error')],
  ['invalid_request_error', row(400, 'invalid_request_error')],
  ['authentication_error', row(401, 'authentication_error')],
  ['billing_error', row(402, 'insufficient_quota', 'billing_error')],
  ['permission_error', row(403, 'permission_error')],
  ['not_found_error', row(404, 'not_found_error')],
  ['request_too_large', row(413, 'invalid_request_error', 'request_too_large')],
  ['rate_limit_error', row(429, 'rate_limit_error')],
  ['api_error', row(500, 'server_error', 'api_error')],
  ['timeout_error', row(504, 'timeout', 'timeout_error')],
  ['overloaded_error', row(529, 'server_error', 'overloaded_error')],
  ['context_length_exceeded', row(400, 'invalid_request_error')],
  ['invalid_api_key', row(401, 'authentication_error')],
  ['model_not_found', row(404, 'not_found_error')],
  ['rate_limit_exceeded', row(429, 'rate_limit_error')],
  ['insufficient_quota', row(429, 'insufficient_quota', 'rate_limit_error')],
  ['server_error', row(500, 'server_error', 'api_error')],
  // A nameless error of a provider is called after its status.
  ...Object.entries(errorTable).filter(([code]) => code !== 'upstream_error'),
]);

const statusErrors: ReadonlyMap<number, ErrorTypes> = new Map(
  [
    row(401, 'authentication_error'),
    row(402, 'insufficient_quota', 'billing_error'),
    row(403, 'permission_error'),
    row(404, 'not_found_error'),
    row(408, 'timeout', 'timeout_error'),
    row(413, 'invalid_request_error', 'request_too_large'),
    row(424, 'upstream_error', 'api_error'),
    row(429, 'rate_limit_error'),
    row(502, 'upstream_error', 'api_error'),
    row(503, 'server_error', 'overloaded_error'),
    row(504, 'timeout', 'timeout_error'),
    row(529, 'server_error', 'overloaded_error'),
  ].map((types) => [types.status, types]),
);

/** What to call a failure of the given name, or, where the name says nothing, of the given status. */
export function errorTypesOf(name: string | undefined, status: number): ErrorTypes {
  const known = (name === undefined ? undefined : namedErrors.get(name)) ?? statusErrors.get(status);
  return (
    known ?? (status < 500 ? row(status, 'invalid_request_error') : row(status, 'server_error', 'api_error'))
  );
}

/**
 * The bare name in `com.amazonaws#throttlingException:http://…`: AWS decorates and spells it differently
 * in headers, bodies and event frames.
 */
export function normalizeErrorName(name: string): string {
  const bare = name.split(':', 1)[0]?.split('#').at(-1)?.trim() ?? '';
  return bare.endsWith('Exception') ? bare.charAt(0).toUpperCase() + bare.slice(1) : bare;
}

/** True for names of AWS exceptions, in any spelling: some stacks put them where an event's type belongs. */
export function isExceptionName(name: string): boolean {
  return name.endsWith('Exception') && namedErrors.has(normalizeErrorName(name));
}
