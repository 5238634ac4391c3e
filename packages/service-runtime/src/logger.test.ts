import fc from 'fast-check';
import { createLogger, type LogFormat, type LogLevel } from './logger.ts';
import { isSensitiveName, redactHeaders } from './redact.ts';
import { Secret } from './secret.ts';

const canary = 'canary-7c41d2';

function record(format: LogFormat, level: LogLevel = 'debug') {
  const lines: string[] = [];
  const logger = createLogger({ level, format, write: (line) => lines.push(line) });
  return { logger, lines };
}

describe.each(['json', 'text'] as const)('%s', (format) => {
  test.each([
    ['a Secret', { anything: new Secret(canary) }],
    ['a Secret in a map in a list', { list: [new Map([['x', new Secret(canary)]])] }],
    ['a header', { headers: { Authorization: `Bearer ${canary}` } }],
    ['a header in a map', { headers: new Map([['x-amz-security-token', canary]]) }],
    ['an api key', { auth: { apiKey: canary } }],
    ['a credentials file', { aws: { credentialFileLiteral: canary } }],
    ['bytes', { body: Buffer.from(canary) }],
    ['an unknown property of an error', { error: Object.assign(new Error('x'), { request: canary }) }],
    ['a thrown thing that is no error', { error: { token: canary } }],
    ['a deep value', { a: { b: { c: { d: { e: { f: { g: { h: canary } } } } } } } }],
  ])('%s never reaches the log', (_name, fields) => {
    const { logger, lines } = record(format);
    logger.info('message', fields);
    logger.child(fields).error('message');
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toContain(canary);
    expect(lines.join('')).not.toContain(Buffer.from(canary).toString('base64'));
  });

  test('one entry is one line, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, value) => {
        const { logger, lines } = record(format);
        logger.warn(message, { value });
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(/^[^\n\r]*\n$/u);
      }),
    );
  });
});

test('levels below the configured one are not written', () => {
  const { logger, lines } = record('json', 'warn');
  logger.debug('a');
  logger.info('b');
  logger.warn('c');
  logger.error('d');
  expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['c', 'd']);
  expect([logger.isEnabled('info'), logger.isEnabled('error')]).toEqual([false, true]);
});

test('a JSON line has level, ISO time, message, fields and the error with its cause', () => {
  const { logger, lines } = record('json');
  const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'E1' });
  logger.child({ requestId: 'r1' }).error('it broke', { error });
  const entry = JSON.parse(lines[0] ?? '') as { time: string };
  expect(entry).toMatchObject({
    level: 'error',
    message: 'it broke',
    requestId: 'r1',
    error: { name: 'Error', message: 'outer', code: 'E1', cause: { message: 'inner' } },
  });
  expect(new Date(entry.time).toISOString()).toBe(entry.time);
});

test('a text line reads well', () => {
  const { logger, lines } = record('text');
  logger.info('config loaded', { path: '/etc/x.yaml', generation: 3, note: 'two words' });
  expect(lines[0]?.replace(/^\S+/, 'T')).toBe(
    'T INFO  config loaded path=/etc/x.yaml generation=3 note="two words"\n',
  );
});

test.each([
  ['authorization', true],
  ['X-Api-Key', true],
  ['x-aigw-aws-secret-access-key', true],
  ['x-aigw-anything', true],
  ['api-key', true],
  ['set-cookie', true],
  ['x-request-id', false],
  ['content-type', false],
  ['x-ai-eg-model', false],
  ['max_tokens', false],
  ['input_tokens', false],
])('name %s is sensitive: %s', (name, expected) => {
  expect(isSensitiveName(name)).toBe(expected);
});

test('headers are copied with credentials replaced', () => {
  const safe = redactHeaders([
    ['x-api-key', canary],
    ['accept', '*/*'],
  ]);
  expect(safe).toEqual({ 'x-api-key': '[redacted]', accept: '*/*' });
});
