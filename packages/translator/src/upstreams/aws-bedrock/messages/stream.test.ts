import {
  encodeEvent,
  encodeEventStreamMessage,
  encodeException,
} from '../../../testing/encode-event-stream.ts';
import { assembleMessage, readMessageStream } from '../../../testing/read-message-stream.ts';
import { finishBuffered, jsonOf, runStream, testHead } from '../../../testing/run-translator.ts';
import {
  ask,
  begin,
  delta,
  finish,
  frames,
  json,
  metadata,
  models,
  start,
  startTool,
  stop,
  stream,
} from './__fixtures__/exchange.ts';

/** The events that a client gets, those of the start and the end left out. */
function blockEvents(pieces: readonly Uint8Array[], more: object = {}): unknown[] {
  const events = readMessageStream(stream([begin, ...pieces, finish('end_turn'), metadata], more).text);
  assembleMessage(events);
  return events.slice(1, -2);
}

const textStart = { type: 'text', text: '' };
const opened = (index: number, content_block: object): object => ({
  type: 'content_block_start',
  index,
  content_block,
});
const grown = (index: number, body: object): object => ({ type: 'content_block_delta', index, delta: body });
const closed = (index: number): object => ({ type: 'content_block_stop', index });

describe('a streamed message', () => {
  test('starts blocks that Converse does not announce, and ends with the usage that comes last [A101] [A102]', () => {
    const pieces = [begin, delta(0, { text: 'he' }), stop(0), finish('end_turn'), metadata];
    const whole = stream(pieces);
    expect(readMessageStream(whole.text)).toEqual([
      {
        type: 'message_start',
        message: {
          id: 'msg_rid',
          type: 'message',
          role: 'assistant',
          model: ask.model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      },
      opened(0, textStart),
      grown(0, { type: 'text_delta', text: 'he' }),
      closed(0),
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: {
          input_tokens: 3,
          output_tokens: 2,
          cache_read_input_tokens: 7,
          cache_creation_input_tokens: 0,
        },
      },
      { type: 'message_stop' },
    ]);
    expect(runStream(start({ stream: true }), frames, pieces)).toEqual(whole);
    expect(whole.usage).toEqual({ inputTokens: 10, cachedInputTokens: 7, outputTokens: 2, totalTokens: 12 });
    expect(whole.responseModel).toBe(ask.model);
  });

  test('every event has its name on the wire', () => {
    const { text } = stream([begin, delta(0, { text: 'he' }), stop(0), finish('end_turn'), metadata]);
    for (const event of text.trimEnd().split('\n\n')) {
      const [name, data] = event.split('\n');
      const { type } = JSON.parse(data!.replace(/^data: /, '')) as { type: string };
      expect(name).toBe(`event: ${type}`);
    }
  });

  test('text, tool, text, reasoning: each block is opened and closed once, in order [A103]', () => {
    expect(
      blockEvents([
        delta(0, { text: 'a' }),
        stop(0),
        startTool(1, 't', 'f'),
        delta(1, { toolUse: { input: '{"a":' } }),
        delta(1, { toolUse: { input: '1}' } }),
        stop(1),
        delta(2, { text: 'b' }),
        stop(2),
        delta(3, { reasoningContent: { text: 'h' } }),
        delta(3, { reasoningContent: { text: 'm' } }),
        delta(3, { reasoningContent: { signature: 'S1' } }),
        delta(3, { reasoningContent: { signature: 'S2' } }),
        stop(3),
      ]),
    ).toEqual([
      opened(0, textStart),
      grown(0, { type: 'text_delta', text: 'a' }),
      closed(0),
      opened(1, { type: 'tool_use', id: 't', name: 'f', input: {} }),
      grown(1, { type: 'input_json_delta', partial_json: '{"a":' }),
      grown(1, { type: 'input_json_delta', partial_json: '1}' }),
      closed(1),
      opened(2, textStart),
      grown(2, { type: 'text_delta', text: 'b' }),
      closed(2),
      opened(3, { type: 'thinking', thinking: '', signature: '' }),
      grown(3, { type: 'thinking_delta', thinking: 'h' }),
      grown(3, { type: 'thinking_delta', thinking: 'm' }),
      grown(3, { type: 'signature_delta', signature: 'S1S2' }),
      closed(3),
    ]);
  });

  test('redacted thinking is one block with all its data, as it came [A104]', () => {
    expect(
      blockEvents([
        delta(0, { reasoningContent: { redactedContent: 'QUJD' } }),
        delta(0, { reasoningContent: { redactedContent: 'REVG' } }),
        stop(0),
        delta(1, { text: 'a' }),
        stop(1),
      ]),
    ).toEqual([
      opened(0, { type: 'redacted_thinking', data: 'QUJDREVG' }),
      closed(0),
      opened(1, textStart),
      grown(1, { type: 'text_delta', text: 'a' }),
      closed(1),
    ]);
  });

  test('input of tools that comes in turns is written one call after the other', () => {
    const blocks = assembleMessage(
      readMessageStream(
        stream([
          begin,
          startTool(1, 'a', 'f'),
          startTool(2, 'b', 'g'),
          delta(1, { toolUse: { input: '1' } }),
          delta(2, { toolUse: { input: '2' } }),
          delta(1, { toolUse: { input: '3' } }),
          stop(2),
          delta(1, { toolUse: { input: '4' } }),
          delta(3, { text: 'after' }),
          stop(1),
          delta(3, { text: ' all' }),
          finish('tool_use'),
          metadata,
        ]).text,
      ),
    );
    expect(blocks).toEqual([
      { type: 'tool_use', id: 'a', name: 'f', text: '134' },
      { type: 'tool_use', id: 'b', name: 'g', text: '2' },
      { type: 'text', text: 'after all' },
    ]);
  });

  test('blocks that nobody closes end where the next begins, or with the message', () => {
    expect(blockEvents([delta(0, { text: 'a' }), delta(1, { text: 'b' })])).toEqual([
      opened(0, textStart),
      grown(0, { type: 'text_delta', text: 'a' }),
      closed(0),
      opened(1, textStart),
      grown(1, { type: 'text_delta', text: 'b' }),
      closed(1),
    ]);
  });

  test('another kind of content at the same index is another block', () => {
    const events = blockEvents([
      delta(0, { reasoningContent: { text: 'hm' } }),
      delta(0, { text: 'a' }),
      delta(0, { reasoningContent: { redactedContent: 'QUJD' } }),
      stop(0),
    ]) as { type: string; content_block?: { type: string } }[];
    expect(events.flatMap((event) => event.content_block?.type ?? [])).toEqual([
      'thinking',
      'text',
      'redacted_thinking',
    ]);
  });

  test('empty deltas, stops of blocks that never began and what is unknown add nothing', () => {
    expect(
      blockEvents([
        encodeEvent('contentBlockStart', { contentBlockIndex: 0, start: { text: '' } }),
        delta(0, { text: '' }),
        delta(0, { reasoningContent: { text: '' } }),
        delta(0, { novelty: {} }),
        delta(5, { toolUse: { input: '{}' } }),
        encodeEvent('novelEvent', {}),
        stop(0),
        stop(7),
      ]),
    ).toEqual([]);
  });

  test('tools that the provider runs itself are not shown as calls', () => {
    const serverTool = { toolUse: { toolUseId: 's', name: 'nova_grounding', type: 'server_tool_use' } };
    expect(
      blockEvents([
        encodeEvent('contentBlockStart', { contentBlockIndex: 0, start: serverTool }),
        delta(0, { toolUse: { input: '{}' } }),
        stop(0),
      ]),
    ).toEqual([]);
  });

  test('citations stand in the block that cites', () => {
    const citation = {
      title: 'T',
      sourceContent: [{ text: 'p' }],
      location: { documentPage: { documentIndex: 0, start: 1, end: 2 } },
    };
    expect(blockEvents([delta(0, { text: 'a' }), delta(0, { citation }), stop(0)])).toEqual([
      opened(0, textStart),
      grown(0, { type: 'text_delta', text: 'a' }),
      grown(0, {
        type: 'citations_delta',
        citation: {
          type: 'page_location',
          cited_text: 'p',
          document_index: 0,
          document_title: 'T',
          start_page_number: 1,
          end_page_number: 2,
        },
      }),
      closed(0),
    ]);
  });

  test('a stream that begins without its first event has one all the same', () => {
    const { text, failures } = stream([delta(0, { text: 'a' }), finish('end_turn')]);
    expect(failures).toEqual([]);
    expect(readMessageStream(text).map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  test('a later metadata without usage does not erase it', () => {
    const later = encodeEvent('metadata', { metrics: { latencyMs: 1 } });
    const { text, usage } = stream([begin, finish('end_turn'), metadata, later]);
    expect(usage?.totalTokens).toBe(12);
    expect(readMessageStream(text).at(-2)).toMatchObject({ usage: { output_tokens: 2 } });
  });

  test.each([
    ['guardrail_intervened', 'refusal'],
    ['content_filtered', 'refusal'],
    ['model_context_window_exceeded', 'model_context_window_exceeded'],
    ['max_tokens', 'max_tokens'],
    ['never_heard_of', 'end_turn'],
  ])('%s stops the message with %s [A109]', (reason, expected) => {
    const { text } = stream([begin, finish(reason), metadata]);
    expect(readMessageStream(text).at(-2)).toMatchObject({ delta: { stop_reason: expected } });
  });

  test('a reason that nobody knows is read off the calls', () => {
    const { text } = stream([begin, startTool(0, 't', 'f'), stop(0), finish('never_heard_of'), metadata]);
    expect(readMessageStream(text).at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  test('structured output through a tool looks like text', () => {
    const schema = { type: 'object', properties: { a: { type: 'number' } } };
    const more = { model: models.sonnet35, output_config: { format: { type: 'json_schema', schema } } };
    const pieces = [
      begin,
      startTool(0, 't', 'json_tool_call'),
      delta(0, { toolUse: { input: '{"a":1}' } }),
      stop(0),
      finish('tool_use'),
      metadata,
    ];
    const events = readMessageStream(stream(pieces, more).text);
    expect(assembleMessage(events)).toMatchObject([{ type: 'text', text: '{"a":1}' }]);
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' } });
  });

  test('beside structured output through a tool, the client’s own tools stay tools', () => {
    const more = {
      model: models.sonnet35,
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
    };
    const pieces = [begin, startTool(0, 't', 'f'), stop(0), finish('tool_use'), metadata];
    const events = readMessageStream(stream(pieces, more).text);
    expect(assembleMessage(events)).toMatchObject([{ type: 'tool_use', name: 'f' }]);
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  test('names of tools come back as the client has them', () => {
    const more = { tools: [{ name: 'a.b', input_schema: { type: 'object' } }] };
    const pieces = [begin, startTool(0, 't', 'a_b'), stop(0), finish('tool_use'), metadata];
    expect(assembleMessage(readMessageStream(stream(pieces, more).text))).toMatchObject([{ name: 'a.b' }]);
  });

  test('the head says that the body is ours', () => {
    const response = start({ stream: true }).response(
      testHead(200, 'Application/vnd.amazon.eventstream; x=y'),
    );
    expect(response.kind === 'streamed' && response.headers).toEqual({
      remove: ['content-encoding', 'content-length', 'transfer-encoding'],
      set: [
        ['content-type', 'text/event-stream'],
        ['request-id', 'req-1'],
      ],
    });
  });
});

describe('a stream that fails', () => {
  test.each([
    ['throttlingException', 'ThrottlingException', 'rate_limit_error', 429],
    ['modelStreamErrorException', 'ModelStreamErrorException', 'api_error', 424],
    ['internalServerException', 'InternalServerException', 'api_error', 500],
    ['serviceUnavailableException', 'ServiceUnavailableException', 'overloaded_error', 503],
    ['validationException', 'ValidationException', 'invalid_request_error', 400],
  ])('%s is an error event', (name, code, type, status) => {
    const message = 'slow "down"\n';
    const { text, failures } = stream([begin, delta(0, { text: 'he' }), encodeException(name, { message })]);
    const events = readMessageStream(text);
    expect(events.at(-1)).toEqual({ type: 'error', error: { type, message } });
    expect(events.map((event) => event.type)).not.toContain('message_stop');
    expect(failures).toEqual([{ code, message, status }]);
  });

  const corrupt = begin.slice();
  corrupt[20]! ^= 1;
  const complete = [begin, delta(0, { text: 'he' }), stop(0), finish('end_turn'), metadata];
  test.each([
    [
      'an exception after the usage',
      [...complete, encodeException('throttlingException', {})],
      'ThrottlingException',
    ],
    ['bytes left over', [...complete, begin.subarray(0, 5)], 'stream_truncated'],
    ['a wrong checksum', [begin, corrupt, ...complete], 'upstream_error'],
    ['no messageStop', complete.slice(0, 3), 'stream_truncated'],
    ['nothing at all', [], 'stream_truncated'],
    [
      'an event that is not JSON',
      [begin, encodeEventStreamMessage({ ':event-type': 'metadata' }, '{')],
      'upstream_error',
    ],
  ])('%s', (_name, pieces, code) => {
    const { failures, text } = stream(pieces);
    expect(failures.map((failure) => failure.code)).toEqual([code]);
    expect(readMessageStream(text).at(-1)!.type).toBe('error');
    expect(text).not.toContain('message_stop');
  });

  test('what waits for another block is bounded', () => {
    const input = 'x'.repeat(1024 * 1024);
    const held = Array.from({ length: 26 }, () => delta(2, { toolUse: { input } }));
    const { failures } = stream([begin, startTool(1, 'a', 'f'), startTool(2, 'b', 'g'), ...held]);
    expect(failures).toEqual([
      { code: 'upstream_error', message: 'The provider left a block open for too long', status: 502 },
    ]);
  });

  test.each([
    ['{"message":"nope"}', 502, 'api_error'],
    ['{"__type":"com.amazon#ThrottlingException","message":"slow"}', 429, 'rate_limit_error'],
  ])('JSON in place of a stream: %s', (body, status, type) => {
    const result = finishBuffered(start({ stream: true }), json, body);
    expect(result.status).toBe(status);
    expect(jsonOf(result.body)).toMatchObject({ type: 'error', error: { type }, request_id: 'rid' });
  });
});
