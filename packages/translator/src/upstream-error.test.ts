import fc from 'fast-check';
import { TranslationError } from './errors.ts';
import { localError } from './local-error.ts';
import { jsonOf, testHead } from './testing/run-translator.ts';
import type { ClientResponse, Dialect } from './translator.ts';
import { encodeStreamError, failureOf, failureToClient, upstreamErrorToClient } from './upstream-error.ts';

const dialects: Dialect[] = ['openai', 'anthropic'];

function convert(
  dialect: Dialect,
  status: number,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): ClientResponse {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return upstreamErrorToClient({
    dialect,
    head: testHead(status, undefined, headers),
    body: bytes,
    requestId: 'rid',
  });
}
const errorOf = (
  dialect: Dialect,
  ...more: [number, string, Record<string, string>?]
): Record<string, string> =>
  (jsonOf(convert(dialect, ...more).body) as { error: Record<string, string> }).error;

test.each([
  ['ValidationException', 400, 'invalid_request_error', 'invalid_request_error'],
  ['ServiceQuotaExceededException', 400, 'insufficient_quota', 'rate_limit_error'],
  ['AccessDeniedException', 403, 'permission_error', 'permission_error'],
  ['UnrecognizedClientException', 403, 'authentication_error', 'authentication_error'],
  ['ExpiredTokenException', 403, 'authentication_error', 'authentication_error'],
  ['InvalidSignatureException', 403, 'authentication_error', 'authentication_error'],
  ['ResourceNotFoundException', 404, 'not_found_error', 'not_found_error'],
  ['ModelTimeoutException', 408, 'timeout', 'timeout_error'],
  ['ModelErrorException', 424, 'upstream_error', 'api_error'],
  ['ModelStreamErrorException', 424, 'upstream_error', 'api_error'],
  ['ThrottlingException', 429, 'rate_limit_error', 'rate_limit_error'],
  ['ModelNotReadyException', 429, 'rate_limit_error', 'rate_limit_error'],
  ['InternalServerException', 500, 'server_error', 'api_error'],
  ['ServiceUnavailableException', 503, 'server_error', 'overloaded_error'],
])('%s keeps its status, and its name without the suffix [A53]', (name, status, openai, anthropic) => {
  const headers = { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/` };
  const answer = convert('openai', status, '{"message":"m"}', headers);
  expect(answer.status).toBeUndefined();
  expect(answer.failure).toEqual({ code: name, message: 'm', status });
  expect(jsonOf(answer.body)).toEqual({
    type: 'error',
    error: { message: 'm', type: openai, code: name, param: null },
  });
  expect(jsonOf(convert('anthropic', status, '{"message":"m"}', headers).body)).toEqual({
    type: 'error',
    error: { type: anthropic, message: 'm' },
    request_id: 'rid',
  });
});

test.each([
  [400, 'invalid_request_error', 'invalid_request_error'],
  [401, 'authentication_error', 'authentication_error'],
  [403, 'permission_error', 'permission_error'],
  [404, 'not_found_error', 'not_found_error'],
  [413, 'invalid_request_error', 'request_too_large'],
  [418, 'invalid_request_error', 'invalid_request_error'],
  [429, 'rate_limit_error', 'rate_limit_error'],
  [500, 'server_error', 'api_error'],
  [502, 'upstream_error', 'api_error'],
  [503, 'server_error', 'overloaded_error'],
  [504, 'timeout', 'timeout_error'],
  [529, 'server_error', 'overloaded_error'],
  [599, 'server_error', 'api_error'],
])('status %i where the body gives no name [A54]', (status, openai, anthropic) => {
  expect(errorOf('openai', status, '')).toMatchObject({ type: openai, code: 'upstream_error' });
  expect(errorOf('anthropic', status, '')).toMatchObject({ type: anthropic });
});

test('the name comes from the header, else from the body', () => {
  const body = '{"__type":"com.amazon.coral#validationException","message":"m"}';
  expect(errorOf('openai', 400, body)['code']).toBe('ValidationException');
  expect(errorOf('openai', 400, body, { 'x-amzn-errortype': 'AccessDeniedException' })['code']).toBe(
    'AccessDeniedException',
  );
  expect(errorOf('openai', 400, '{"code":"ThrottlingException"}')['type']).toBe('rate_limit_error');
});

test.each([
  ['{"message":"a \\"b\\"\\n"}', 'a "b"\n'],
  ['{"Message":"x"}', 'x'],
  ['{"originalMessage":"x","originalStatusCode":500}', 'x'],
  ['{"error":{"message":"x","type":"t"}}', 'x'],
  ['{"error":"x"}', 'x'],
  ['{"detail":"x"}', 'x'],
  ['{"type":"error","error":{"type":"overloaded_error","message":"x"}}', 'x'],
  ['upstream connect error', 'upstream connect error'],
  ['<html><head><title>503</title></head><body><h1>Service  down</h1></body></html>', 'Service down'],
  ['', 'The provider answered with status 503 and no message'],
  ['""', '""'],
  ['{}', '{}'],
])('the message in %j [A54]', (body, message) => {
  for (const dialect of dialects) expect(errorOf(dialect, 503, body)['message']).toBe(message);
});

test('the param of an OpenAI-like error is kept', () => {
  expect(errorOf('openai', 400, '{"error":{"message":"m","param":"top_p","code":"c"}}')).toMatchObject({
    param: 'top_p',
    code: 'c',
  });
});

test('an error that came with a 200 gets the status of its name', () => {
  expect(convert('openai', 200, '{"__type":"ThrottlingException"}').status).toBe(429);
  expect(convert('openai', 200, '{"message":"x"}').status).toBe(502);
});

test('what described the provider’s body is removed, retry-after is not touched [A53]', () => {
  const { headers } = convert('anthropic', 429, '');
  expect(headers).toEqual({
    remove: ['content-encoding', 'content-length', 'transfer-encoding'],
    set: [
      ['content-type', 'application/json'],
      ['request-id', 'rid'],
    ],
  });
});

test('every body becomes valid JSON with a message [A55]', () => {
  const body = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
  fc.assert(
    fc.property(
      fc.constantFrom(...dialects),
      fc.integer({ min: 300, max: 599 }),
      body,
      (dialect, status, text) => {
        const { message, type } = errorOf(dialect, status, text);
        expect(message).toMatch(/\S/);
        expect(type).toMatch(/^[a-z_]+$/);
      },
    ),
  );
});

test('a deeply nested error body is no problem', () => {
  expect(errorOf('openai', 500, `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)['message']).toMatch(
    /^\{"a":\[/,
  );
});

test('a huge page does not become a huge message', () => {
  expect(errorOf('openai', 500, '<'.repeat(1_000_000))['message']?.length).toBeLessThanOrEqual(4096);
  expect(errorOf('openai', 500, `<p>${'x'.repeat(1_000_000)}`)['message']?.length).toBeLessThanOrEqual(4096);
});

test('a failure within a stream', () => {
  const failure = { code: 'ThrottlingException', message: 'slow "down"\n', status: 429 };
  expect(encodeStreamError('openai', failure)).toBe(
    'data: {"error":{"message":"slow \\"down\\"\\n","type":"rate_limit_error","code":"ThrottlingException","param":null}}\n\n',
  );
  expect(encodeStreamError('anthropic', failure)).toBe(
    'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"slow \\"down\\"\\n"}}\n\n',
  );
});

test('only errors of ours speak for themselves', () => {
  expect(failureOf(new TranslationError('stream_truncated', 'm'))).toEqual({
    code: 'stream_truncated',
    message: 'm',
    status: 502,
  });
  expect(failureOf(new Error('secret'))).toEqual({
    code: 'internal',
    message: 'The gateway failed on this answer',
    status: 500,
  });
  expect(failureToClient('openai', failureOf('x'), 'rid').status).toBe(500);
});

describe('localError', () => {
  test('in each dialect, with the request id where its SDK looks', () => {
    const error = new TranslationError('invalid_request', 'bad "x"', { param: 'x' });
    expect(localError('anthropic', error, 'rid')).toEqual({
      status: 400,
      headers: [
        ['content-type', 'application/json'],
        ['request-id', 'rid'],
      ],
      body: '{"type":"error","error":{"type":"invalid_request_error","message":"bad \\"x\\""},"request_id":"rid"}',
    });
    expect(JSON.parse(localError('openai', error, 'rid').body)).toEqual({
      type: 'error',
      error: { message: 'bad "x"', type: 'invalid_request_error', code: 'invalid_request', param: 'x' },
    });
    expect(localError('openai', error, 'rid').headers[1]).toEqual(['x-request-id', 'rid']);
  });

  test('with the headers that the error has of its own', () => {
    const error = new TranslationError('method_not_allowed', 'no', { headers: [['allow', 'POST']] });
    expect(localError('openai', error, 'rid')).toMatchObject({
      status: 405,
      headers: [expect.anything(), ['x-request-id', 'rid'], ['allow', 'POST']],
    });
  });

  test('tells nothing of what it does not know', () => {
    const { status, body } = localError('openai', new Error('arn:aws:iam::1:role/secret'), 'rid');
    expect(status).toBe(500);
    expect(body).not.toContain('secret');
  });

  test('always gives JSON [A55]', () => {
    fc.assert(
      fc.property(fc.constantFrom(...dialects), fc.string({ unit: 'binary' }), (dialect, message) => {
        const { body } = localError(dialect, new TranslationError('not_found', message), 'rid');
        expect(JSON.parse(body).error.message).toBe(message);
      }),
    );
  });
});
