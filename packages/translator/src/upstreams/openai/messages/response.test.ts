import { createTranslator } from '../../../registry.ts';
import {
  finishBuffered,
  jsonOf,
  startTranslator,
  testHead,
  testRequest,
  textOf,
} from '../../../testing/run-translator.ts';
import type { Translator } from '../../../translator.ts';
import { ask, json, openai } from './__fixtures__/exchange.ts';

const start = (more: object = {}): Translator =>
  startTranslator(createTranslator, testRequest('messages', { ...ask, ...more }), openai);

const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };

describe('a whole answer', () => {
  const finish = (message: object, reason = 'stop', more: object = {}): Record<string, unknown> => {
    const completion = {
      id: 'chatcmpl-1',
      model: 'served',
      choices: [{ index: 0, finish_reason: reason, message: { role: 'assistant', ...message } }],
      usage,
      ...more,
    };
    const answer = finishBuffered(start({ stop_sequences: ['END'] }), json, JSON.stringify(completion));
    return jsonOf(answer.body) as Record<string, unknown>;
  };

  test('is a message', () => {
    expect(finish({ content: 'ok' })).toEqual({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'served',
      content: [{ type: 'text', text: 'ok' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 9, output_tokens: 2 },
    });
  });

  test('reasoning, text, refusal and calls become blocks in this order; arguments keep their bytes', () => {
    const args = '{"id": 12345678901234567890, "a":1.0}';
    const message = {
      reasoning_content: 'hm',
      content: 'a',
      refusal: ' b',
      tool_calls: [
        { id: 'c1', type: 'function', function: { name: 'f', arguments: args } },
        { type: 'function', function: { name: 'g', arguments: 'not json' } },
      ],
    };
    const body = JSON.stringify({ choices: [{ finish_reason: 'tool_calls', message }] });
    const answer = finishBuffered(start(), json, body);
    expect(textOf(answer.body)).toContain(`"input":${args}}`);
    expect(jsonOf(answer.body)).toMatchObject({
      id: 'msg_req-1',
      model: 'm',
      content: [
        { type: 'thinking', thinking: 'hm', signature: '' },
        { type: 'text', text: 'a b' },
        { type: 'tool_use', id: 'c1', name: 'f' },
        { type: 'tool_use', id: 'toolu_req-1_1', name: 'g', input: {} },
      ],
    });
  });

  test('nothing at all is an empty content, not an absent one', () => {
    expect(finish({ content: null })['content']).toEqual([]);
    expect(finish({ content: [{ type: 'text', text: 'x' }] })['content']).toEqual([
      { type: 'text', text: 'x' },
    ]);
  });

  test.each<[string, object, string]>([
    ['stop', {}, 'end_turn'],
    ['length', {}, 'max_tokens'],
    ['tool_calls', { tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }] }, 'tool_use'],
    ['stop', { tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }] }, 'tool_use'],
    ['tool_calls', {}, 'end_turn'],
    ['content_filter', {}, 'refusal'],
    ['stop', { refusal: 'no' }, 'refusal'],
    ['novel', {}, 'end_turn'],
  ])('%s with %j stops with %s', (reason, message, expected) => {
    expect(finish({ content: 'x', ...message }, reason)['stop_reason']).toBe(expected);
  });

  test('the stop sequence is told where the server tells it', () => {
    const matched = { choices: [{ finish_reason: 'stop', stop_reason: 'END', message: { content: 'x' } }] };
    expect(finish({}, 'stop', matched)).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
    const token = { choices: [{ finish_reason: 'stop', stop_reason: 128009, message: { content: 'x' } }] };
    expect(finish({}, 'stop', token)).toMatchObject({ stop_reason: 'end_turn', stop_sequence: null });
  });

  test('cached tokens are counted apart from input', () => {
    const details = { prompt_tokens_details: { cached_tokens: 4 } };
    const cached = { usage: { prompt_tokens: 9, completion_tokens: 2, ...details } };
    expect(finish({ content: 'x' }, 'stop', cached)['usage']).toEqual({
      input_tokens: 5,
      output_tokens: 2,
      cache_read_input_tokens: 4,
    });
    const written = {
      usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cache_write_tokens: 3 } },
    };
    expect(finish({ content: 'x' }, 'stop', written)['usage']).toEqual({
      input_tokens: 6,
      output_tokens: 2,
      cache_creation_input_tokens: 3,
    });
  });

  test('names of tools come back as the client knows them', () => {
    const name = 'mcp__server__'.padEnd(80, 'x');
    const translator = createTranslator(
      testRequest('messages', { ...ask, tools: [{ name, input_schema: {} }] }),
      openai,
      { requestId: 'r', nowSeconds: 0, sha256: () => 'ab'.repeat(32) },
    );
    const { tools } = jsonOf(translator.request().body) as { tools: { function: { name: string } }[] };
    const message = {
      tool_calls: [{ id: 'c', function: { name: tools[0]!.function.name, arguments: '{}' } }],
    };
    const answer = finishBuffered(translator, json, JSON.stringify({ choices: [{ message }] }));
    expect(jsonOf(answer.body)).toMatchObject({ content: [{ name }] });
  });

  test.each([['{}'], ['{"choices":[]}'], ['hello'], ['{"error":{"message":"x"}}']])(
    'a success with %s is an error, not an empty answer',
    (body) => {
      const answer = finishBuffered(start(), json, body);
      expect(answer.status).toBe(502);
      expect(jsonOf(answer.body)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
    },
  );

  test('a completion in place of a stream is an error', () => {
    const body = JSON.stringify({ choices: [{ message: { content: 'x' } }] });
    expect(finishBuffered(start({ stream: true }), json, body).status).toBe(502);
  });

  test.each<[number, unknown, string]>([
    [
      400,
      { error: { message: 'm', type: 'invalid_request_error', code: 'context_length_exceeded' } },
      'invalid_request_error',
    ],
    [401, { error: { message: 'm', code: 'invalid_api_key' } }, 'authentication_error'],
    [404, { error: { message: 'm', code: 'model_not_found' } }, 'not_found_error'],
    [429, { error: { message: 'm', code: 'insufficient_quota' } }, 'rate_limit_error'],
    [500, { error: { message: 'm', type: 'server_error' } }, 'api_error'],
    [503, { error: { message: 'm', type: 'novel' } }, 'overloaded_error'],
    [418, { object: 'error', message: 'm', type: 'BadRequestError', code: 400 }, 'invalid_request_error'],
  ])('status %i, %j: %s', (status, body, type) => {
    const answer = finishBuffered(start(), testHead(status, 'application/json'), JSON.stringify(body));
    expect(jsonOf(answer.body)).toEqual({
      type: 'error',
      error: { type, message: 'm' },
      request_id: 'req-1',
    });
    expect(answer.status).toBeUndefined();
  });
});
