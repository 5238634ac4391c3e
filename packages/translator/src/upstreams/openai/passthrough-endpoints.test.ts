import { createTranslator } from '../../registry.ts';
import { describeTranslator } from '../../testing/describe-translator.ts';
import {
  finishBuffered,
  jsonOf,
  runStream,
  startTranslator,
  testContext,
  testHead,
  testRequest,
  testTarget,
  textOf,
} from '../../testing/run-translator.ts';
import type { Endpoint, Translator } from '../../translator.ts';

const utf8 = new TextEncoder();
const openai = testTarget('OpenAI');
const sse = testHead(200, 'text/event-stream; charset=utf-8');
const json = testHead(200, 'application/json');
const endpoints: readonly Endpoint[] = ['chatCompletions', 'completions', 'embeddings', 'responses'];

function start(endpoint: Endpoint, body: object): Translator {
  return startTranslator(createTranslator, testRequest(endpoint, body), openai);
}

const completionUsage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
const completion = (more: object): string =>
  `data: ${JSON.stringify({ object: 'text_completion', model: 'served', ...more })}\n\n`;
const said = completion({ choices: [{ index: 0, text: 'h😀', finish_reason: null }] });
const ended = completion({ choices: [{ index: 0, text: '', finish_reason: 'stop' }] });
const counted = completion({ choices: [], usage: completionUsage });
const done = 'data: [DONE]\n\n';
const failure = 'data: {"error":{"message":"slow","code":"rate_limit_exceeded"}}\n\n';

describeTranslator('completions to a server of the same API', {
  request: testRequest('completions', { model: 'm', prompt: 'x' }),
  target: openai,
  unary: { head: json, body: utf8.encode(JSON.stringify({ model: 'served', usage: completionUsage })) },
  stream: {
    request: testRequest('completions', { model: 'm', prompt: 'x', stream: true }),
    head: sse,
    complete: utf8.encode(said + ended + counted + done),
    failing: utf8.encode(said + failure),
    incompleteBefore: utf8.encode(said).length,
  },
});

interface ResponseEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

const event = (value: ResponseEvent): string => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const responseUsage = {
  input_tokens: 5,
  output_tokens: 4,
  total_tokens: 9,
  input_tokens_details: { cached_tokens: 2 },
  output_tokens_details: { reasoning_tokens: 3 },
};
const begun =
  event({ type: 'response.created', response: { model: 'served', usage: null, error: null } }) +
  event({ type: 'response.output_text.delta', delta: 'h😀' });
const closed = (type: string, more: object = {}): string =>
  event({
    type: `response.${type}`,
    response: { model: 'served', error: null, usage: responseUsage, ...more },
  });

describeTranslator('responses to a server of the same API', {
  request: testRequest('responses', { model: 'm', input: 'x' }),
  target: openai,
  unary: { head: json, body: utf8.encode(JSON.stringify({ model: 'served', usage: responseUsage })) },
  stream: {
    request: testRequest('responses', { model: 'm', input: 'x', stream: true }),
    head: sse,
    complete: utf8.encode(begun + closed('completed')),
    failing: utf8.encode(begun + event({ type: 'error', code: 'server_error', message: 'down' })),
    incompleteBefore: utf8.encode(begun).length,
  },
});

test('completions: the usage that is asked for is metered, and the client does not see it [A116]', () => {
  const translator = createTranslator(
    testRequest('completions', { model: 'm', prompt: 'x', stream: true }),
    openai,
    testContext,
  );
  expect(jsonOf(translator.request().body)).toMatchObject({ stream_options: { include_usage: true } });
  expect(runStream(translator, sse, [utf8.encode(said + ended + counted + done)])).toEqual({
    text: said + ended + done,
    usage: { inputTokens: 9, outputTokens: 2, totalTokens: 11 },
    responseModel: 'served',
    failures: [],
  });
});

test.each(endpoints)(
  '%s: the body keeps its bytes; with an override only the model differs [A117]',
  (endpoint) => {
    const body = (model: string): string =>
      `{ "input":"\\u00e9", "n":12345678901234567890,\n "model" : "${model}" , "x":{"model":"m"}, "x ":1.0}`;
    const sent = (target = openai): Uint8Array | undefined =>
      createTranslator(testRequest(endpoint, body('m')), target, testContext).request().body;
    expect(sent()).toBeUndefined();
    expect(textOf(sent(testTarget('OpenAI', { modelNameOverride: 'other' })))).toBe(body('other'));
  },
);

test.each(endpoints)('%s: a success that cannot be read passes unread [A117]', (endpoint) => {
  for (const body of ['null', 'hello', '', '[]', '{"usage":5,"model":7}', Uint8Array.of(0xff)]) {
    const answer = finishBuffered(start(endpoint, { model: 'm' }), json, body);
    expect(answer).toEqual({ headers: { set: [], remove: [] } });
  }
});

test('embeddings are metered and not touched, in either encoding', () => {
  for (const embedding of [[0.1, 1], 'zczMPQAAgD8=']) {
    const usage = { prompt_tokens: 3, total_tokens: 3 };
    const body = JSON.stringify({ object: 'list', model: 'served', data: [{ embedding }], usage });
    expect(finishBuffered(start('embeddings', { model: 'm', input: 'x' }), json, body)).toEqual({
      headers: { set: [], remove: [] },
      usage: { inputTokens: 3, totalTokens: 3 },
      responseModel: 'served',
    });
  }
});

describe.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('responses whose lines end in %s', (_name, lineEnd) => {
  test.each<[string, object, object[]]>([
    ['completed', {}, []],
    ['incomplete', { incomplete_details: { reason: 'max_output_tokens' } }, []],
    [
      'failed',
      { error: { code: 'server_error', message: 'down' } },
      [{ code: 'server_error', message: 'down', status: 500 }],
    ],
    ['failed', {}, [{ code: 'upstream_error', message: '', status: 502 }]],
  ])('are handed on as they are, and the usage of response.%s %j is read [A118]', (type, more, failures) => {
    const bytes = utf8.encode((begun + closed(type, more)).replace(/\n/g, lineEnd));
    const translator = start('responses', { model: 'm', stream: true });
    expect(runStream(translator, sse, [bytes])).toEqual({
      text: textOf(bytes),
      usage: { inputTokens: 5, outputTokens: 4, totalTokens: 9, cachedInputTokens: 2, reasoningTokens: 3 },
      responseModel: 'served',
      failures,
    });
  });
});
