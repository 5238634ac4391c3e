import { finishBuffered, jsonOf, testHead, textOf } from '../../../testing/run-translator.ts';
import { answer, answerOf, ask, converse, json, models, start, usage } from './__fixtures__/exchange.ts';
import { createTranslator } from '../../../registry.ts';
import { startTranslator, testRequest } from '../../../testing/run-translator.ts';

const toolUse = { toolUseId: 't1', name: 'f', input: { a: 1 } };

describe('a whole message', () => {
  test('keeps the blocks of the provider apart and in order', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'hm', signature: 'S' } } },
      { reasoningContent: { redactedContent: 'QUJD' } },
      { text: 'a' },
      { text: '' },
      { text: 'b' },
      { toolUse },
      { text: 'c' },
    ];
    expect(answer(answerOf(content, { stopReason: 'tool_use' }))).toEqual({
      id: 'msg_rid',
      type: 'message',
      role: 'assistant',
      model: ask.model,
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'S' },
        { type: 'redacted_thinking', data: 'QUJD' },
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
        { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
        { type: 'text', text: 'c' },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 3,
        output_tokens: 2,
        cache_read_input_tokens: 7,
        cache_creation_input_tokens: 0,
      },
    });
  });

  test('is metered as the provider bills it', () => {
    const cacheDetails = [
      { ttl: '1h', inputTokens: 3 },
      { ttl: '5m', inputTokens: 1 },
    ];
    const spent = { ...usage, cacheWriteInputTokens: 4, cacheDetails };
    const body = JSON.stringify(answerOf([{ text: 'a' }], { usage: spent }));
    const result = finishBuffered(start(), json, body);
    expect(result.usage).toEqual({
      inputTokens: 14,
      cachedInputTokens: 7,
      cacheCreationInputTokens: 4,
      cacheCreation1hInputTokens: 3,
      outputTokens: 2,
      totalTokens: 16,
    });
    expect(jsonOf(result.body)).toMatchObject({
      usage: {
        input_tokens: 3,
        cache_read_input_tokens: 7,
        cache_creation_input_tokens: 4,
        cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 3 },
      },
    });
    expect(result.headers.set).toEqual([
      ['content-type', 'application/json'],
      ['request-id', 'rid'],
    ]);
  });

  test('carries the input of tools in its own bytes', () => {
    const input = '{"z": 12345678901234567890, "a" : "\\u00e9", "n": 1.0}';
    const body = `{"output":{"message":{"content":[{"toolUse":{"toolUseId":"t","name":"f","input":${input}}}]}},"stopReason":"tool_use"}`;
    expect(textOf(finishBuffered(start(), json, body).body)).toContain(`"input":${input}`);
  });

  test('a tool without input gets an empty object [A109]', () => {
    expect(answer(answerOf([{ toolUse: { toolUseId: 't', name: 'f' } }]))['content']).toEqual([
      { type: 'tool_use', id: 't', name: 'f', input: {} },
    ]);
  });

  test.each([
    ['end_turn', 'end_turn'],
    ['tool_use', 'tool_use'],
    ['max_tokens', 'max_tokens'],
    ['stop_sequence', 'stop_sequence'],
    ['guardrail_intervened', 'refusal'],
    ['content_filtered', 'refusal'],
    ['model_context_window_exceeded', 'model_context_window_exceeded'],
    ['malformed_model_output', 'end_turn'],
    ['malformed_tool_use', 'end_turn'],
    ['never_heard_of', 'end_turn'],
    [undefined, 'end_turn'],
  ])('%s stops it with %s [A109]', (stopReason, expected) => {
    expect(answer(answerOf([{ text: 'a' }], { stopReason }))['stop_reason']).toBe(expected);
  });

  test('a reason that nobody knows is read off the calls', () => {
    expect(answer(answerOf([{ toolUse }], { stopReason: 'never_heard_of' }))['stop_reason']).toBe('tool_use');
  });

  test('the stop sequence is named where it can only be one', () => {
    const body = answerOf([{ text: 'a' }], { stopReason: 'stop_sequence' });
    expect(answer(body, { stop_sequences: ['X'] })['stop_sequence']).toBe('X');
    expect(answer(body, { stop_sequences: ['X', 'Y'] })['stop_sequence']).toBeNull();
    expect(answer(answerOf([{ text: 'a' }]), { stop_sequences: ['X'] })['stop_sequence']).toBeNull();
  });

  test('blocks without a counterpart, and those of the future, are passed over', () => {
    const content = [
      { image: { format: 'png', source: { bytes: 'QUJD' } } },
      { toolUse: { ...toolUse, type: 'server_tool_use' } },
      { reasoningContent: { reasoningText: { text: '' } } },
      { novelty: {} },
      null,
      { text: 'a' },
    ];
    expect(answer(answerOf(content))['content']).toEqual([{ type: 'text', text: 'a' }]);
  });

  test('an intervention of a guardrail may leave no answer: that is an empty message', () => {
    expect(answer({ stopReason: 'guardrail_intervened', usage })).toMatchObject({
      content: [],
      stop_reason: 'refusal',
    });
  });

  test('names of tools come back as the client has them', () => {
    const tools = [{ name: 'a.b', input_schema: { type: 'object' } }];
    const body = answerOf([{ toolUse: { ...toolUse, name: 'a_b' } }]);
    expect(answer(body, { tools })['content']).toMatchObject([{ name: 'a.b' }]);
  });

  test('structured output through a tool looks like text', () => {
    const schema = { type: 'object', properties: { a: { type: 'number' } } };
    const format = { type: 'json_schema', schema };
    const body =
      '{"output":{"message":{"content":[{"toolUse":{"toolUseId":"t","name":"json_tool_call","input":{"a": 1.0}}}]}},"stopReason":"tool_use"}';
    const more = { model: models.sonnet35, output_config: { format } };
    expect(answer(body, more)).toMatchObject({
      content: [{ type: 'text', text: '{"a": 1.0}' }],
      stop_reason: 'end_turn',
    });
  });

  test('what the answer cites is said in Anthropic’s words, and sent back in the provider’s', () => {
    const at = { start: 1, end: 4 };
    const sourceContent = [{ text: 'p' }];
    const citations = [
      { title: 'T', sourceContent, location: { documentChar: { documentIndex: 0, ...at } } },
      { title: 'T', sourceContent, location: { documentPage: { documentIndex: 1, ...at } } },
      { title: 'T', sourceContent, location: { documentChunk: { documentIndex: 2, ...at } } },
      {
        title: 'T',
        source: 's',
        sourceContent,
        location: { searchResultLocation: { searchResultIndex: 3, ...at } },
      },
    ];
    const cited = [{ citationsContent: { content: [{ text: 'so' }], citations } }];
    const { content } = answer(answerOf(cited));
    expect(content).toEqual([
      {
        type: 'text',
        text: 'so',
        citations: [
          {
            type: 'char_location',
            cited_text: 'p',
            document_index: 0,
            document_title: 'T',
            start_char_index: 1,
            end_char_index: 4,
          },
          {
            type: 'page_location',
            cited_text: 'p',
            document_index: 1,
            document_title: 'T',
            start_page_number: 1,
            end_page_number: 4,
          },
          {
            type: 'content_block_location',
            cited_text: 'p',
            document_index: 2,
            document_title: 'T',
            start_block_index: 1,
            end_block_index: 4,
          },
          {
            type: 'search_result_location',
            cited_text: 'p',
            search_result_index: 3,
            title: 'T',
            source: 's',
            start_block_index: 1,
            end_block_index: 4,
          },
        ],
      },
    ]);
    const messages = [...ask.messages, { role: 'assistant', content }, { role: 'user', content: 'why?' }];
    const sentBack = startTranslator(
      createTranslator,
      testRequest('messages', { ...ask, messages }),
      converse,
    );
    expect(jsonOf(sentBack.request().body)).toMatchObject({ messages: [{}, { content: cited }, {}] });
  });

  test('places that Anthropic’s API does not know are left out, the text is not', () => {
    const citations = [{ location: { web: { url: 'https://example.com' } } }];
    const cited = [{ citationsContent: { content: [{ text: 'so' }], citations } }, { citationsContent: {} }];
    expect(answer(answerOf(cited))['content']).toEqual([{ type: 'text', text: 'so' }]);
  });

  test.each([
    ['{"message":"nope"}', 502, 'api_error', 'nope'],
    ['{"__type":"com.amazon#ThrottlingException","message":"slow"}', 429, 'rate_limit_error', 'slow'],
    ['[]', 502, 'api_error', 'not a JSON object'],
  ])('a success that is none: %s', (body, status, type, message) => {
    const result = finishBuffered(start(), json, body);
    expect(result.status).toBe(status);
    expect(result.failure?.status).toBe(status);
    expect(jsonOf(result.body)).toMatchObject({
      type: 'error',
      error: { type, message: expect.stringContaining(message) as string },
      request_id: 'rid',
    });
  });

  test('an error of Bedrock has Anthropic’s envelope, the status and the id', () => {
    const head = testHead(429, 'application/json', {
      'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/',
      'x-amzn-requestid': 'rid',
    });
    const result = finishBuffered(start(), head, '{"message":"Too many requests"}');
    expect(result.status ?? 429).toBe(429);
    expect(jsonOf(result.body)).toEqual({
      type: 'error',
      error: { type: 'rate_limit_error', message: 'Too many requests' },
      request_id: 'rid',
    });
  });
});
