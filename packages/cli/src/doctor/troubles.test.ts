import { checkClock } from './check-endpoints.ts';
import { describeCredentialFailure, describeStsRefusal } from './credential-trouble.ts';
import { buildModelRequest } from './model-request.ts';
import { judgeAnswer } from './model-trouble.ts';
import { clockSkewMs } from './send-request.ts';

describe('what a provider answers', () => {
  const aws = (status: number, name: string, message = 'm') => ({
    status,
    headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/x/` },
    body: JSON.stringify({ message }),
    tookMs: 1,
  });
  const keyed = (status: number, error: object) => ({
    status,
    headers: {},
    body: JSON.stringify({ error }),
    tookMs: 1,
  });

  test.each([
    ['200', { status: 200, headers: {}, body: '{}', tookMs: 1 }],
    [
      'a thinking model without room',
      keyed(400, {
        message: 'Could not finish the message because max_tokens or model output limit was reached.',
      }),
    ],
  ])('%s: it works', (_name, answer) => {
    expect(judgeAnswer(answer)).toEqual({ kind: 'fine' });
  });

  test.each([
    [
      'no access',
      aws(403, 'AccessDeniedException', "You don't have access to the model"),
      'broken',
      /enable access/,
    ],
    [
      'IAM',
      aws(403, 'AccessDeniedException', 'User: x is not authorized to perform: bedrock:InvokeModel'),
      'broken',
      /allow bedrock:InvokeModel/,
    ],
    ['expired', aws(403, 'ExpiredTokenException'), 'broken', /renew/],
    ['unknown key', aws(403, 'UnrecognizedClientException'), 'broken', /access key that exists/],
    [
      'wrong secret',
      aws(403, 'InvalidSignatureException', 'The request signature we calculated'),
      'broken',
      /do not belong together/,
    ],
    [
      'inference profile',
      aws(400, 'ValidationException', 'Invocation of model ID x with on-demand throughput isn’t supported.'),
      'broken',
      /inference profile/,
    ],
    [
      'model id',
      aws(400, 'ValidationException', 'The provided model identifier is invalid.'),
      'broken',
      /correct the model id/,
    ],
    [
      'use case',
      aws(
        404,
        'ResourceNotFoundException',
        'Model use case details have not been submitted for this account.',
      ),
      'broken',
      /submit the use case/,
    ],
    [
      'old model',
      aws(404, 'ResourceNotFoundException', 'This model version has reached the end of its life.'),
      'broken',
      /newer version/,
    ],
    [
      'no such model',
      aws(404, 'ResourceNotFoundException', 'Could not resolve the foundation model'),
      'broken',
      /correct the model's name/,
    ],
    ['throttled', aws(429, 'ThrottlingException'), 'later', /at its limit/],
    ['down', aws(503, 'ServiceUnavailableException'), 'later', /try later/],
    [
      'OpenAI: wrong key',
      keyed(401, { code: 'invalid_api_key', message: 'Incorrect API key provided: sk-***b7' }),
      'broken',
      /valid API key/,
    ],
    [
      'OpenAI: no credit',
      keyed(429, { code: 'insufficient_quota', message: 'You exceeded your current quota' }),
      'broken',
      /add credit/,
    ],
    [
      'OpenAI: no such model',
      keyed(404, { code: 'model_not_found', message: 'm' }),
      'broken',
      /correct the model's name/,
    ],
    [
      'Anthropic: no credit',
      keyed(400, { type: 'invalid_request_error', message: 'Your credit balance is too low' }),
      'broken',
      /add credit/,
    ],
    [
      'Anthropic: overloaded',
      keyed(529, { type: 'overloaded_error', message: 'Overloaded' }),
      'later',
      /try later/,
    ],
    [
      'Anthropic: forbidden',
      keyed(403, { type: 'permission_error', message: 'm' }),
      'broken',
      /access to this model/,
    ],
    ['a web page', { status: 200 + 5 * 20, headers: {}, body: '<html>', tookMs: 1 }, 'broken', /schema/],
    ['a web page that refuses', { status: 405, headers: {}, body: '<html>', tookMs: 1 }, 'broken', /schema/],
  ] as const)('%s', (_name, answer, kind, fix) => {
    expect(judgeAnswer(answer)).toMatchObject({ kind, fix: expect.stringMatching(fix) });
  });

  test('the name and first line are told; of a refused key, which the words may quote, only the name', () => {
    const signature = aws(403, 'InvalidSignatureException', 'does not match\nx-amz-security-token:canary');
    expect(judgeAnswer(signature)).toMatchObject({
      message: 'HTTP 403: InvalidSignatureException: does not match',
    });
    const key = keyed(401, { type: 'authentication_error', message: 'invalid key sk-canary' });
    expect(judgeAnswer(key)).toMatchObject({ message: 'HTTP 401: authentication_error' });
    expect(judgeAnswer({ status: 403, headers: {}, body: 'null', tookMs: 1 })).toMatchObject({
      message: 'HTTP 403',
    });
  });
});

test.each([
  [
    'no AWS credentials: CredentialsProviderError: Could not load credentials from any providers',
    /AWS_PROFILE/,
  ],
  ['no AWS credentials: The SSO session associated with this profile has expired', /aws sso login/],
  [
    'no AWS credentials: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity',
    /OIDC provider/,
  ],
  ['no AWS credentials: InvalidIdentityToken: No OpenIDConnect provider found', /OIDC provider/],
  ['no AWS credentials: AccessDenied: User is not authorized to perform: sts:AssumeRole', /sts:AssumeRole/],
  ["no AWS credentials: Error: ENOENT: no such file or directory, open '/var/run/token'", /mount it/],
  ['the AWS credentials file has no section [prod]', /profile that exists/],
  ['the AWS credentials file has no aws_access_key_id in [default]', /complete the section/],
  ['the AWS credentials file uses credential_process, which is not supported', /role_arn/],
  ['the source gave credentials that have expired', /new keys/],
  ['no AWS credentials: connect ECONNREFUSED 169.254.170.23:80', /reach STS or the metadata service/],
  ['no AWS credentials within 8000 ms', /reach STS/],
  ['something else', /docs\/authentication/],
])('%s', (message, fix) => {
  expect(describeCredentialFailure(message)).toEqual({ message, fix: expect.stringMatching(fix) });
});

test.each([
  ['ExpiredToken', /renew/],
  ['InvalidClientTokenId', /does not exist/],
  ['SignatureDoesNotMatch', /secret key/],
  ['RegionDisabledException', /activate STS/],
  ['Other', /look the error up/],
])('STS refuses with %s', (error, fix) => {
  expect(describeStsRefusal(error)).toEqual({
    message: `AWS refuses the credentials: ${error}`,
    fix: expect.stringMatching(fix),
  });
});

describe('the clock', () => {
  const local = Date.parse('2026-01-02T03:04:05.500Z');
  test.each([
    ['Fri, 02 Jan 2026 03:04:05 GMT', 0],
    ['Fri, 02 Jan 2026 03:03:05 GMT', 60_000],
    ['Fri, 02 Jan 2026 03:04:15 GMT', -10_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('a server that says %s', (date, skew) => {
    expect(clockSkewMs(date, local)).toBe(skew);
  });

  test.each([
    [[400, -300], 'ok', 'right'],
    [[-20_000], 'ok', '20 s behind'],
    [[0, 90_000], 'warn', '90 s ahead'],
    [[90_000, -400_000], 'fail', '400 s behind: AWS refuses signatures that are 5 minutes off'],
    [[], 'warn', 'not compared: no server said its time'],
  ])('%j ms: %s', (skews, status, message) => {
    const finding = checkClock(skews);
    expect(finding).toMatchObject({ check: 'clock', status, message });
    expect('fix' in finding).toBe(status !== 'ok');
  });
});

describe('the smallest request', () => {
  const request = (model: string, backend: object) => {
    const { endpoint, headers, body } = buildModelRequest(model, {
      name: 'b',
      schema: { name: 'OpenAI' },
      ...backend,
    });
    return {
      endpoint,
      version: headers.get('anthropic-version'),
      body: JSON.parse(Buffer.from(body).toString()) as unknown,
    };
  };
  const messages = [{ role: 'user', content: 'Hi' }];

  test.each([
    ['Converse', { schema: { name: 'AWSBedrock' } }, 'chatCompletions', { max_tokens: 1 }],
    ['InvokeModel', { schema: { name: 'AWSAnthropic' } }, 'messages', { max_tokens: 1 }],
    ['Anthropic', { schema: { name: 'Anthropic' } }, 'messages', { max_tokens: 1 }],
    ['OpenAI', { host: 'api.openai.com' }, 'chatCompletions', { max_completion_tokens: 1 }],
    ['a server like it', { host: 'localhost:8000' }, 'chatCompletions', { max_tokens: 1 }],
  ])('for %s', (_name, backend, endpoint, limit) => {
    const { version, ...rest } = request('m', backend);
    expect(rest).toEqual({ endpoint, body: { model: 'm', messages, ...limit } });
    expect(version).toBe(endpoint === 'messages' ? '2023-06-01' : undefined);
  });

  test.each(['amazon.titan-embed-text-v2:0', 'cohere.embed-english-v3', 'text-embedding-3-small'])(
    'for %s',
    (model) => {
      expect(request(model, {})).toMatchObject({ endpoint: 'embeddings', body: { model, input: 'Hi' } });
    },
  );
});
