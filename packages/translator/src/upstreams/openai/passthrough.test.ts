import { createTranslator } from '../../registry.ts';
import { describeTranslator } from '../../testing/describe-translator.ts';
import {
  finishBuffered,
  jsonOf,
  runStream,
  startTranslator,
  testHead,
  testRequest,
  testTarget,
  textOf,
} from '../../testing/run-translator.ts';
import type { Endpoint, Translator, UpstreamTarget } from '../../translator.ts';
import type { StreamResult } from '../../testing/run-translator.ts';

const utf8 = new TextEncoder();
const openai = testTarget('OpenAI');
const sse = testHead(200, 'text/event-stream; charset=utf-8');
const json = testHead(200, 'application/json');
const ask = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

const usage = {
  prompt_tokens: 9,
  completion_tokens: 2,
  total_tokens: 11,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 1 },
};
const recorded = {
  inputTokens: 9,
  outputTokens: 2,
  totalTokens: 11,
  cachedInputTokens: 4,
  reasoningTokens: 1,
};
const chunk = (more: object): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'served', usage: null, ...more })}\n\n`;
const choice = (delta: object, reason: string | null = null): object => ({
  choices: [{ index: 0, delta, finish_reason: reason }],
});
const text = chunk(choice({ content: 'h😀' }));
const finish = chunk(choice({}, 'stop'));
const usageOnly = chunk({ choices: [], usage });
const done = 'data: [DONE]\n\n';

function start(
  body: object | string,
  options: { target?: UpstreamTarget; endpoint?: Endpoint; path?: string } = {},
): Translator {
  const { target = openai, endpoint = 'chatCompletions', path = '/v1/chat/completions' } = options;
  return startTranslator(createTranslator, testRequest(endpoint, body, { path }), target);
}
const stream = (events: string, more: object = {}): StreamResult =>
  runStream(start({ ...ask, stream: true, ...more }), sse, [utf8.encode(events)]);

for (const include_usage of [true, false]) {
  describeTranslator(`chat completions to a server of the same API, include_usage ${include_usage}`, {
    request: testRequest('chatCompletions', ask),
    target: openai,
    unary: { head: json, body: utf8.encode(JSON.stringify({ model: 'served', usage })) },
    stream: {
      request: testRequest('chatCompletions', { ...ask, stream: true, stream_options: { include_usage } }),
      head: sse,
      complete: utf8.encode(`: hello\r\n\r\n${text}${finish}${usageOnly}${done}`.replace(/\n/g, '\r\n')),
      failing: utf8.encode(`${text}data: {"error":{"message":"slow","code":"x"}}\n\n${text}`),
      incompleteBefore: utf8.encode(text).length,
    },
  });
}

describe('the request', () => {
  test('is sent byte for byte', () => {
    const body = '{ "model":"m", "unknown": 1.0, "messages":[] }';
    const sent = start(body).request();
    expect(sent).toEqual({
      path: '/v1/chat/completions',
      headers: { remove: ['anthropic-version', 'anthropic-beta'], set: [] },
      model: 'm',
      warnings: [],
    });
  });

  test.each<[Endpoint, string]>([
    ['chatCompletions', '/v1/chat/completions'],
    ['completions', '/v1/completions'],
    ['embeddings', '/v1/embeddings'],
    ['responses', '/v1/responses'],
  ])('%s goes to %s byte for byte [A117]', (endpoint, path) => {
    const sent = start({ model: 'm' }, { endpoint, path: '/any?x=1' }).request();
    expect(sent.path).toBe(`${path}?x=1`);
    expect(sent.body).toBeUndefined();
  });

  test.each([
    [undefined, '/v1/chat/completions'],
    ['', '/v1/chat/completions'],
    ['/api/v3/', '/api/v3/chat/completions'],
  ])('prefix %j', (prefix, path) => {
    const schema = { name: 'OpenAI', ...(prefix !== undefined && { prefix }) } as const;
    expect(start(ask, { target: testTarget('OpenAI', { schema }) }).request().path).toBe(path);
  });

  test('an override changes the model and nothing else', () => {
    const target = testTarget('OpenAI', { modelNameOverride: 'other"' });
    const sent = start('{ "x": 1.0, "model" : "m" , "messages":[] }', { target }).request();
    expect(textOf(sent.body)).toBe('{ "x": 1.0, "model" : "other\\"" , "messages":[] }');
    expect(sent.model).toBe('other"');
    expect(start('{"model":"other\\""}', { target }).request().body).toBeUndefined();
  });

  test.each([
    ['', '{"model":"m","stream":true,"stream_options":{"include_usage":true}}'],
    [',"stream_options":null', '{"model":"m","stream":true,"stream_options":{"include_usage":true}}'],
    [
      ',"stream_options":{"include_usage":false,"x":1.0}',
      '{"model":"m","stream":true,"stream_options":{"include_usage":true,"x":1.0}}',
    ],
    [',"stream_options":{}', '{"model":"m","stream":true,"stream_options":{"include_usage":true}}'],
  ])('usage is asked for where the client did not: %s [A116]', (options, expected) => {
    const sent = start(`{"model":"m","stream":true${options}}`).request();
    expect(textOf(sent.body)).toBe(expected);
    expect(sent.headers.set).toEqual([['accept-encoding', 'identity']]);
  });

  test('a client that asks for usage itself is left alone, as are other endpoints', () => {
    const asking = { ...ask, stream: true, stream_options: { include_usage: true } };
    expect(start(asking).request().body).toBeUndefined();
    expect(start({ model: 'm', stream: true }, { endpoint: 'responses' }).request().body).toBeUndefined();
    expect(start({ model: 'm', stream: true }, { endpoint: 'completions' }).request().body).toBeDefined();
  });
});

describe('a streamed answer', () => {
  test('loses the usage chunk that the client did not ask for, and nothing else [A116]', () => {
    const result = stream(`: comment\n\n${text}${finish}${usageOnly}${done}`);
    expect(result).toEqual({
      text: `: comment\n\n${text}${finish}${done}`,
      usage: recorded,
      responseModel: 'served',
      failures: [],
    });
  });

  test('keeps it where the client asked, and usage that comes with the end', () => {
    const events = `${text}${finish}${usageOnly}${done}`;
    expect(stream(events, { stream_options: { include_usage: true } })).toMatchObject({
      text: events,
      usage: recorded,
    });
    const inline = `${text}${chunk({ ...choice({}, 'stop'), usage })}${done}`;
    expect(stream(inline)).toMatchObject({ text: inline, usage: recorded });
  });

  test('passes untouched where nothing is taken out', () => {
    const response = start({ ...ask, stream: true, stream_options: { include_usage: true } }).response(sse);
    if (response.kind !== 'streamed') throw new Error('expected a stream');
    expect(response.headers).toEqual({ set: [], remove: [] });
    expect(response.push(utf8.encode(text))).toEqual({ responseModel: 'served' });
    expect(response.push(utf8.encode(finish + usageOnly))).toEqual({ usage: recorded });
    expect(response.end()).toEqual({});
  });

  test('says that its body is ours where something is', () => {
    const response = start({ ...ask, stream: true }).response(sse);
    expect(response.kind === 'streamed' && response.headers.remove).toContain('content-encoding');
  });

  test('is complete with a finish reason, whether or not [DONE] follows', () => {
    expect(stream(text + finish).failures).toEqual([]);
    expect(stream(text + done).failures).toEqual([]);
  });

  test('without an end gets an error event of its own, in an event of its own', () => {
    const { text: out, failures } = stream(`${text}data: {"cho`);
    expect(failures[0]?.code).toBe('stream_truncated');
    expect(out).toMatch(
      /data: \{"cho\n\ndata: \{"error":\{"message":".*","type":"upstream_error","code":"stream_truncated","param":null\}\}\n\n$/,
    );
  });

  test('an error of the provider is handed on and counted', () => {
    const error = 'data: {"error":{"message":"slow","type":"rate_limit_error","code":null}}\n\n';
    const { text: out, failures } = stream(text + error);
    expect(out).toBe(text + error);
    expect(failures).toEqual([{ code: 'rate_limit_error', message: 'slow', status: 429 }]);
  });

  test('events that are no JSON pass', () => {
    const { text: out, failures } = stream(`data: hello\n\n${finish}${done}`);
    expect(out).toBe(`data: hello\n\n${finish}${done}`);
    expect(failures).toEqual([]);
  });
});

describe('a whole answer', () => {
  test('passes as it is, metered', () => {
    const answer = finishBuffered(start(ask), json, JSON.stringify({ model: 'served', usage }));
    expect(answer).toEqual({ headers: { set: [], remove: [] }, usage: recorded, responseModel: 'served' });
  });

  test.each(['null', 'hello', '', '[]', '{"usage":5,"model":7}'])('%j passes unread [A117]', (body) => {
    expect(finishBuffered(start(ask), json, body)).toEqual({ headers: { set: [], remove: [] } });
  });

  test('an error that came with a status of success gets its own', () => {
    const answer = finishBuffered(
      start(ask),
      json,
      '{"error":{"message":"slow","code":"rate_limit_exceeded"}}',
    );
    expect(answer).toMatchObject({ status: 429, failure: { status: 429, message: 'slow' } });
    expect(jsonOf(answer.body)).toMatchObject({ error: { code: 'rate_limit_exceeded', message: 'slow' } });
  });

  test('an object that tells of an error is an answer', () => {
    const failed = '{"object":"response","status":"failed","error":{"message":"x"}}';
    expect(finishBuffered(start(ask), json, failed)).toEqual({ headers: { set: [], remove: [] } });
  });

  test('an error in OpenAI’s form passes; the status is recorded', () => {
    const answer = finishBuffered(
      start(ask),
      testHead(429, 'application/json'),
      '{"error":{"message":"slow","code":"rate_limit_exceeded"}}',
    );
    expect(answer).toEqual({
      headers: { set: [], remove: [] },
      failure: { code: 'rate_limit_exceeded', message: 'slow', status: 429 },
    });
  });

  test.each(['upstream connect error', '<html>down</html>', '', '{"message":"down"}'])(
    '%j gets OpenAI’s form',
    (body) => {
      const answer = finishBuffered(start(ask), testHead(503, 'text/plain'), body);
      expect(jsonOf(answer.body)).toMatchObject({
        type: 'error',
        error: { type: 'server_error', code: 'upstream_error', param: null },
      });
      expect(answer.status).toBeUndefined();
    },
  );
});

describe('the name of the limit, where configuration says which the model takes', () => {
  type Field = 'max_tokens' | 'max_completion_tokens';
  const sent = (body: string, maxTokensField: Field, endpoint: Endpoint = 'chatCompletions'): string => {
    const target = testTarget('OpenAI', { modelCapabilities: [{ match: 'm', maxTokensField }] });
    const request = start(body, { target, endpoint }).request();
    return textOf(request.body ?? utf8.encode(body));
  };

  test.each<[Field, Field]>([
    ['max_tokens', 'max_completion_tokens'],
    ['max_completion_tokens', 'max_tokens'],
  ])('%s goes out in place of %s, everything else as it came', (taken, other) => {
    const body = `{"model":"m", "${other}" : 1e2,"messages":[ ]}`;
    expect(JSON.parse(sent(body, taken))).toEqual({ model: 'm', [taken]: 100, messages: [] });
    expect(sent(body, taken)).toContain(`"${taken}":1e2`);
    expect(sent(body, taken)).toContain('"messages":[ ]');
    expect(sent(body, other)).toBe(body);
  });

  test('it is said, and a limit that stands already wins', () => {
    const target = testTarget('OpenAI', {
      modelCapabilities: [{ match: '*', maxTokensField: 'max_tokens' }],
    });
    const both = start({ ...ask, max_tokens: 1, max_completion_tokens: 2 }, { target }).request();
    expect(jsonOf(both.body)).toEqual({ ...ask, max_tokens: 1 });
    expect(both.warnings).toMatchObject([{ path: 'max_completion_tokens', action: 'changed' }]);
    expect(start({ ...ask, max_tokens: 1, max_completion_tokens: 2 }).request().body).toBeUndefined();
  });

  test('only chat completions have both names', () => {
    const body = '{"model":"m","prompt":"hi","max_tokens":5}';
    expect(sent(body, 'max_completion_tokens', 'completions')).toBe(body);
  });
});

test.each(['OpenAI', 'Anthropic'] as const)('%s gets stream as what it was taken for', (schema) => {
  const endpoint = schema === 'OpenAI' ? 'chatCompletions' : 'messages';
  const sent = (stream: string): string => {
    const body = `{"model":"m", "stream" : ${stream},"stream_options":{"include_usage":true},"messages":[ ]}`;
    const request = start(body, { target: testTarget(schema), endpoint }).request();
    return request.body === undefined ? 'untouched' : textOf(request.body);
  };
  expect(sent('"true"')).toContain('"stream" : true,');
  expect(JSON.parse(sent('"false"'))).toMatchObject({ stream: false });
  expect(sent('true')).toBe('untouched');
});
