import { parseClientRequest } from './client-request.ts';
import { TranslationError } from './errors.ts';
import type { ClientRequest } from './translator.ts';

function parse(body: string | Uint8Array, path = '/v1/chat/completions'): ClientRequest {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return parseClientRequest({
    endpoint: 'chatCompletions',
    path,
    headers: new Map([['a', 'b']]),
    body: bytes,
  });
}
const withModel = (model: unknown): string => JSON.stringify({ model });

test('reads what routing needs and keeps the rest as it is', () => {
  const body = new TextEncoder().encode('{"stream":true, "model":"m", "x":1.0}');
  const request = parse(body, '/v1/chat/completions?beta=true&x=?');
  expect(request).toMatchObject({
    endpoint: 'chatCompletions',
    query: '?beta=true&x=?',
    model: 'm',
    stream: true,
  });
  expect(request.body).toBe(body);
  expect(request.document.rawAt(['x'])).toBe('1.0');
  expect(parse('{"model":"m"}')).toMatchObject({ query: '', stream: false });
});

test('a byte order mark is no part of the body', () => {
  const request = parse('\ufeff{"model":"m", "x":1.0}');
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(request.body)).toBe('{"model":"m", "x":1.0}');
  expect(request.document.rawAt(['x'])).toBe('1.0');
});

test.each([
  ['true', true],
  ['"true"', true],
  ['false', false],
  ['"false"', false],
  ['null', false],
])('stream %s', (value, expected) => {
  expect(parse(`{"model":"m","stream":${value}}`).stream).toBe(expected);
});

test.each([
  'm',
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc',
  '/models/llama',
  './models/llama',
  'a..b',
  '模型',
  'x'.repeat(2048),
])('the model %j is taken', (model) => {
  expect(parse(withModel(model)).model).toBe(model);
});

test.each<[string, RegExp, string?]>([
  ['', /no body/],
  ['{', /not valid JSON/],
  ['[]', /not an object/],
  ['null', /not an object/],
  ['"model"', /not an object/],
  ['{}', /"model" is missing/, 'model'],
  [withModel(null), /"model" must be a string/, 'model'],
  [withModel(5), /"model" must be a string/, 'model'],
  [withModel(''), /"model" is empty/, 'model'],
  [withModel(' '), /"model" is empty/, 'model'],
  [withModel('..'), /"\.\."/, 'model'],
  [withModel('a/../b'), /"\.\."/, 'model'],
  [withModel('a;b/../c'), /"\.\."/, 'model'],
  [withModel('a/..;b'), /"\.\."/, 'model'],
  [withModel('a\nx-secret: 1'), /control character/, 'model'],
  [withModel('a\ud800'), /not valid Unicode/, 'model'],
  [withModel('x'.repeat(2049)), /longer than 2048/, 'model'],
  ['{"model":"a","model":"b"}', /"model" occurs more than once/, 'model'],
  ['{"model":"a","messages":[],"mess\\u0061ges":[]}', /"messages" occurs more than once/, 'messages'],
  [`{"model":"a","x":${'['.repeat(5000)}${']'.repeat(5000)}}`, /nested deeper/],
  ['{"model":"a","stream":"yes"}', /"stream" must be true or false/, 'stream'],
  ['{"model":"a","stream":{}}', /"stream" must be true or false/, 'stream'],
])('%j is refused before a backend is chosen [A4]', (...[body, message, param]) => {
  const error = (() => {
    try {
      return parse(body);
    } catch (caught) {
      return caught;
    }
  })();
  expect(TranslationError.is(error)).toBe(true);
  expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringMatching(message) });
  expect((error as TranslationError).param).toBe(param);
});

test('repeated fields further down are the provider’s to judge', () => {
  expect(parse('{"model":"m","x":{"a":1,"a":2}}').model).toBe('m');
});
