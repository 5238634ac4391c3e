import { createTranslator } from './registry.ts';
import { concatBytes, encodeEvent } from './testing/encode-event-stream.ts';
import { errorOf } from './testing/chat-to-claude.ts';
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
} from './testing/run-translator.ts';
import type { Endpoint } from './translator.ts';
import { encodeJson, rawJson, type EncodableJson } from './wire/json-document.ts';

const deepest = 1000;
const nest = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

test('values of the deepest level that is let in are written again', () => {
  let value: EncodableJson = rawJson('1');
  for (let level = 0; level < deepest; level++) value = { a: value };
  expect(encodeJson(value)).toBe(nest(deepest));
});

const model = 'anthropic.claude-opus-4-6-v1';
const turn = '"messages":[{"role":"user","content":"x"}]';

/** Requests whose value in the named place has the given depth; the place itself is `within` levels deep. */
const requests: readonly [place: string, Endpoint, within: number, build: (value: string) => string][] = [
  ['thinking', 'chatCompletions', 1, (value) => `{"model":"${model}",${turn},"thinking":${value}}`],
  [
    'the schema of an answer',
    'chatCompletions',
    3,
    (value) =>
      `{"model":"${model}",${turn},"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":${value}}}}`,
  ],
  [
    'the schema of a tool',
    'messages',
    3,
    (value) => `{"model":"${model}","max_tokens":9,${turn},"tools":[{"name":"f","input_schema":${value}}]}`,
  ],
  [
    'the input of a call',
    'messages',
    5,
    (value) =>
      `{"model":"${model}","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${value}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}]}`,
  ],
  ['an unknown field', 'responses', 1, (value) => `{"model":"${model}","input":"x","unknown":${value}}`],
];

describe.each(['AWSBedrock', 'AWSAnthropic', 'Anthropic', 'OpenAI'] as const)('a request to %s', (schema) => {
  test.each(requests)('nests %s as deep as 1000 levels, and no deeper', (_, endpoint, within, build) => {
    const send = (depth: number) => {
      const request = testRequest(endpoint, build(nest(depth)));
      return createTranslator(request, testTarget(schema), testContext).request();
    };
    const { body } = send(deepest - within);
    if (body) expect(() => jsonOf(body)).not.toThrow();
    for (const depth of [deepest - within + 1, 100_000]) {
      const { code, message } = errorOf(() => send(depth));
      expect([code, message]).toEqual(['invalid_request', 'The JSON is nested deeper than 1000 levels']);
    }
  });

  test('takes arguments of calls, which are text, at any depth', () => {
    const calls = [{ id: 't', function: { name: 'f', arguments: nest(100_000) } }];
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', tool_call_id: 't', content: 'ok' },
    ];
    const request = testRequest('chatCompletions', { model, messages });
    const { body = request.body } = createTranslator(request, testTarget(schema), testContext).request();
    expect(body.length).toBeGreaterThan(600_000);
  });
});

describe('an answer that is nested too deep', () => {
  const request = testRequest('chatCompletions', `{"model":"${model}",${turn}}`);
  const failed = { status: 502, failure: { code: 'upstream_error' } };

  test.each([
    [
      'AWSBedrock',
      `{"output":{"message":{"content":[{"toolUse":{"toolUseId":"t","name":"f","input":${nest(100_000)}}}]}}}`,
    ],
    [
      'Anthropic',
      `{"type":"message","content":[{"type":"tool_use","id":"t","name":"f","input":${nest(100_000)}}]}`,
    ],
  ] as const)('is a fault of %s, not of the client', (schema, body) => {
    const translator = startTranslator(createTranslator, request, testTarget(schema));
    const answer = finishBuffered(translator, testHead(200, 'application/json'), body);
    expect(answer).toMatchObject(failed);
    expect(jsonOf(answer.body)).toHaveProperty('error.type', 'upstream_error');
  });

  test.each(['AWSBedrock', 'Anthropic', 'OpenAI'] as const)('does no harm as an error of %s', (schema) => {
    const translator = startTranslator(createTranslator, request, testTarget(schema));
    const body = `{"error":{"message":${nest(100_000)}}}`;
    const answer = finishBuffered(translator, testHead(500, 'application/json'), body);
    expect(() => jsonOf(answer.body ?? new TextEncoder().encode(body))).not.toThrow();
  });

  test('does no harm in a stream', () => {
    const streamed = testRequest('chatCompletions', `{"model":"${model}",${turn},"stream":true}`);
    const translator = startTranslator(createTranslator, streamed, testTarget('AWSBedrock'));
    const frames = concatBytes(
      encodeEvent('messageStart', { role: 'assistant' }),
      encodeEvent('contentBlockDelta', { delta: JSON.parse(nest(2000)) as object }),
      encodeEvent('messageStop', { stopReason: 'end_turn' }),
    );
    const { text, failures } = runStream(translator, testHead(200, 'application/vnd.amazon.eventstream'), [
      frames,
    ]);
    expect(failures).toEqual([]);
    expect(text).toContain('[DONE]');
    expect(textOf(frames)).toContain('"a"');
  });
});
