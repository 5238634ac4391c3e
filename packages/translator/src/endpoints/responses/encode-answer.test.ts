import fc from 'fast-check';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { accumulateResponse, readResponseEvents } from '../../testing/read-response-stream.ts';
import { testRequest } from '../../testing/run-translator.ts';
import type { AnswerEvent } from '../answer-event.ts';
import type { AnswerIdentity } from '../conversation-api.ts';
import { createResponseEncoder, encodeResponse } from './encode-answer.ts';

const usage = { inputTokens: 5, outputTokens: 3, cachedInputTokens: 2, reasoningTokens: 1, totalTokens: 8 };

function identify(more: object = {}): AnswerIdentity {
  const request = testRequest('responses', { model: 'asked', input: 'hi', ...more });
  return { requestId: 'r', created: 1_700_000_000, model: 'm', request };
}

function stream(answer: readonly AnswerEvent[], more: object = {}): ResponseStreamEvent[] {
  const encoder = createResponseEncoder(identify(more));
  return readResponseEvents(answer.map((event) => encoder.encode(event)).join('') + encoder.end({ usage }));
}

function whole(answer: readonly AnswerEvent[], more: object = {}): Response {
  return JSON.parse(encodeResponse(answer, { usage }, identify(more))) as Response;
}

const answer: AnswerEvent[] = [
  { kind: 'start' },
  { kind: 'reasoning', text: 'h' },
  { kind: 'reasoning', text: 'm' },
  { kind: 'reasoning_end', block: { kind: 'thinking', text: 'hm', signature: 'S' } },
  { kind: 'text', text: 'a' },
  { kind: 'text', text: 'b' },
  { kind: 'citations', citations: [{ url: 'https://x', title: 'X', start: 0, end: 2 }] },
  { kind: 'tool_call', index: 0, id: 't0', name: 'f' },
  { kind: 'tool_input', index: 0, text: '{"n":' },
  { kind: 'tool_call', index: 1, id: 't1', name: 'g' },
  { kind: 'tool_input', index: 1, text: '{}' },
  { kind: 'tool_input', index: 0, text: '1}' },
  { kind: 'tool_end', index: 0 },
  { kind: 'tool_end', index: 1 },
  { kind: 'text', text: 'c' },
  { kind: 'citations', citations: [{ url: 'https://y', title: '', start: 2, end: 3 }] },
  { kind: 'finish', reason: 'tool_calls' },
];

/** The events in few words: type, item, and what is new. */
function outline(events: readonly ResponseStreamEvent[]): string[] {
  return events.map((event) => {
    const { type, output_index: item = '-', delta = '' } = event as unknown as Record<string, string>;
    return `${String(type).replace('response.', '')} ${item} ${delta}`.trim();
  });
}

test('an answer of every kind, event by event', () => {
  const events = stream(answer);
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
  expect(outline(events)).toEqual([
    'created -',
    'in_progress -',
    'output_item.added 0',
    'content_part.added 0',
    'reasoning_text.delta 0 h',
    'reasoning_text.delta 0 m',
    'reasoning_text.done 0',
    'content_part.done 0',
    'output_item.done 0',
    'output_item.added 1',
    'content_part.added 1',
    'output_text.delta 1 a',
    'output_text.delta 1 b',
    'output_text.annotation.added 1',
    'output_text.done 1',
    'content_part.done 1',
    'output_item.done 1',
    'output_item.added 2',
    'function_call_arguments.delta 2 {"n":',
    'output_item.added 3',
    'function_call_arguments.delta 3 {}',
    'function_call_arguments.delta 2 1}',
    'function_call_arguments.done 2',
    'output_item.done 2',
    'function_call_arguments.done 3',
    'output_item.done 3',
    'output_item.added 4',
    'content_part.added 4',
    'output_text.delta 4 c',
    'output_text.annotation.added 4',
    'output_text.done 4',
    'content_part.done 4',
    'output_item.done 4',
    'completed -',
  ]);
});

test('the whole answer, byte for byte', () => {
  const tools =
    '[{"type":"function","name":"f","parameters":{"z":1,"a":12345678901234567890},"strict":null}]';
  const identity = {
    ...identify(),
    request: testRequest(
      'responses',
      `{"model":"m","input":"hi","instructions":"Be \\"brief\\"","tools":${tools},"temperature":0.50,"metadata":null}`,
    ),
  };
  const events: AnswerEvent[] = [
    { kind: 'reasoning_end', block: { kind: 'redacted_thinking', data: 'R' } },
    { kind: 'text', text: 'ok' },
    { kind: 'finish', reason: 'stop' },
  ];
  expect(encodeResponse(events, { usage, serviceTier: 'flex' }, identity)).toBe(
    '{"id":"resp_r","object":"response","created_at":1700000000,"model":"m","status":"completed","error":null,' +
      '"incomplete_details":null,"output":[{"id":"rs_r_0","type":"reasoning","status":"completed","summary":[],' +
      '"encrypted_content":"eyJtYXJrIjoiYWlndy5yZWFzb25pbmcuMSIsImtpbmQiOiJyZWRhY3RlZF90aGlua2luZyIsImRhdGEiOiJSIn0="},' +
      '{"id":"msg_r_1","type":"message","status":"completed","role":"assistant","content":' +
      '[{"type":"output_text","text":"ok","annotations":[],"logprobs":[]}]}],' +
      '"usage":{"input_tokens":5,"input_tokens_details":{"cached_tokens":2,"cache_write_tokens":0},"output_tokens":3,' +
      '"output_tokens_details":{"reasoning_tokens":1},"total_tokens":8},"service_tier":"flex","access_programs":null,' +
      '"background":false,"previous_response_id":null,"store":false,"truncation":"disabled",' +
      '"instructions":"Be \\"brief\\"","max_output_tokens":null,"metadata":{},"parallel_tool_calls":true,' +
      `"reasoning":{"effort":null,"summary":null},"temperature":0.50,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":${tools},"top_p":null}`,
  );
});

test('citations count from the beginning of their own message', () => {
  const texts = whole(answer).output.flatMap((item) => (item.type === 'message' ? item.content : []));
  expect(texts).toMatchObject([
    { text: 'ab', annotations: [{ url: 'https://x', start_index: 0, end_index: 2 }] },
    { text: 'c', annotations: [{ url: 'https://y', start_index: 0, end_index: 1 }] },
  ]);
});

test('reasoning is told as a summary to clients that ask for one', () => {
  const events = stream(answer, { reasoning: { effort: 'low', summary: 'auto' } });
  expect(outline(events).slice(2, 9)).toEqual([
    'output_item.added 0',
    'reasoning_summary_part.added 0',
    'reasoning_summary_text.delta 0 h',
    'reasoning_summary_text.delta 0 m',
    'reasoning_summary_text.done 0',
    'reasoning_summary_part.done 0',
    'output_item.done 0',
  ]);
  const { output, reasoning } = whole(answer, { reasoning: { summary: 'auto' } });
  expect(output[0]).toMatchObject({ summary: [{ type: 'summary_text', text: 'hm' }] });
  expect(output[0]).not.toHaveProperty('content');
  expect(reasoning).toEqual({ summary: 'auto' });
});

test.each([
  ['length', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
] as const)('an answer that %s ended is incomplete', (reason, told) => {
  const cut: AnswerEvent[] = [{ kind: 'start' }, { kind: 'text', text: 'a' }, { kind: 'finish', reason }];
  const last = stream(cut).at(-1);
  const expected = {
    status: 'incomplete',
    incomplete_details: { reason: told },
    output: [{ type: 'message', status: 'incomplete' }],
  };
  expect(last).toMatchObject({ type: 'response.incomplete', response: expected });
  expect(whole(cut)).toMatchObject(expected);
});

test('what a provider leaves open is ended by what follows, and by the end', () => {
  const events = stream([
    { kind: 'start' },
    { kind: 'reasoning', text: 'a' },
    { kind: 'text', text: 'b' },
    { kind: 'reasoning', text: 'c' },
    { kind: 'tool_call', index: 0, id: 't', name: 'f' },
    { kind: 'finish', reason: 'length' },
  ]);
  const items = outline(events).filter((line) => line.startsWith('output_item'));
  expect(items).toEqual(
    [0, 1, 2, 3].flatMap((item) => [`output_item.added ${item}`, `output_item.done ${item}`]),
  );
  const status = { status: 'completed' };
  expect(events.at(-1)).toMatchObject({
    response: { output: [status, status, status, { type: 'function_call', status: 'incomplete' }] },
  });
});

test('a call is done when it ends: clients begin to act on it', () => {
  const encoder = createResponseEncoder(identify());
  encoder.encode({ kind: 'tool_call', index: 0, id: 't', name: 'f' });
  const [, done] = readResponseEvents(encoder.encode({ kind: 'tool_end', index: 0 }));
  expect(done).toMatchObject({
    type: 'response.output_item.done',
    item: { status: 'completed', call_id: 't' },
  });
});

test('reasoning that nobody signed has no encrypted content', () => {
  const block = { kind: 'thinking', text: 'hm' } as const;
  const { output } = whole([
    { kind: 'reasoning', text: 'hm' },
    { kind: 'reasoning_end', block },
  ]);
  expect(output[0]).toMatchObject({ type: 'reasoning', content: [{ text: 'hm' }] });
  expect(output[0]).not.toHaveProperty('encrypted_content');
});

test('usage has every count, those that the provider did not say as zero', () => {
  const count = (counts: object): unknown =>
    (JSON.parse(encodeResponse([], { usage: counts }, identify())) as Response).usage;
  expect(count({ inputTokens: 5, outputTokens: 2, cacheCreationInputTokens: 4 })).toEqual({
    input_tokens: 5,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 4 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 7,
  });
});

test('the retired name of the summary setting counts too', () => {
  const told = outline(stream(answer, { reasoning: { generate_summary: 'auto' } }));
  expect(told).toContain('reasoning_summary_text.delta 0 h');
});

test('a call that the provider gave no id still has one', () => {
  const events: AnswerEvent[] = [
    { kind: 'tool_call', index: 0, id: '', name: 'f' },
    { kind: 'tool_end', index: 0 },
    { kind: 'finish', reason: 'tool_calls' },
  ];
  expect(whole(events).output).toMatchObject([{ id: 'fc_r_0', call_id: 'fc_r_0' }]);
});

test.each([
  [429, 'ThrottlingException', 'rate_limit_exceeded', 'rate_limit_error'],
  [400, 'ValidationException', 'invalid_prompt', 'invalid_request_error'],
  [413, 'request_too_large', 'invalid_prompt', 'invalid_request_error'],
  [502, 'stream_truncated', 'server_error', 'upstream_error'],
])(
  'a failure of status %d: nothing is done that was not, and no call can be acted on',
  (status, code, failed, type) => {
    const encoder = createResponseEncoder(identify());
    const begun = answer.slice(0, 9).map((event) => encoder.encode(event));
    const events = readResponseEvents(begun.join('') + encoder.fail({ code, message: 'no "more"', status }));
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
    const [error, last] = events.slice(-2);
    expect(error).toMatchObject({
      type: 'error',
      code,
      message: 'no "more"',
      param: null,
      error: { code, type, message: 'no "more"' },
    });
    expect(last).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: failed, message: 'no "more"' },
        output: [
          { type: 'reasoning', status: 'completed' },
          { type: 'message', status: 'completed' },
          { type: 'function_call', status: 'incomplete', arguments: '{"n":' },
        ],
      },
    });
    const done = events.filter((event) => event.type === 'response.output_item.done');
    expect(done.map((event) => event.output_index)).toEqual([0, 1]);
  },
);

test('an answer is bounded: a response holds it whole', () => {
  const encoder = createResponseEncoder(identify());
  const text = 'x'.repeat(1024 * 1024);
  const flood = (): void => {
    for (let count = 0; count < 13; count++) encoder.encode({ kind: 'text', text });
  };
  expect(flood).toThrow('longer than 12582912 characters');
});

test('its items are bounded too, even without a text', () => {
  const encoder = createResponseEncoder(identify());
  const flood = (): void => {
    for (let index = 0; index < 50_000; index++) {
      encoder.encode({ kind: 'tool_call', index, id: '', name: 'f' });
      encoder.encode({ kind: 'tool_end', index });
    }
  };
  expect(flood).toThrow('longer than 12582912 characters');
});

type Block = (ordinal: number) => AnswerEvent[];

const texts = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 });
const block: fc.Arbitrary<Block> = fc.oneof(
  texts.map((pieces) => () => pieces.map((text) => ({ kind: 'text', text }) as const)),
  texts.map((pieces) => (): AnswerEvent[] => [
    ...pieces.map((text) => ({ kind: 'reasoning', text }) as const),
    { kind: 'reasoning_end', block: { kind: 'thinking', text: pieces.join(''), signature: 's' } },
  ]),
  fc.array(fc.nat(2), { maxLength: 6 }).map((order) => (ordinal: number) => interleave(order, 3 * ordinal)),
);

/** Calls that take turns: each number is a piece of the input of one of three. */
function interleave(order: readonly number[], first: number): AnswerEvent[] {
  const indexes = [...new Set(order)].map((call) => first + call);
  return [
    ...indexes.map((index) => ({ kind: 'tool_call', index, id: `t${index}`, name: 'f' }) as const),
    ...order.map((call, piece) => ({ kind: 'tool_input', index: first + call, text: `${piece} ` }) as const),
    ...indexes.map((index) => ({ kind: 'tool_end', index }) as const),
  ];
}

/** An output without what only the events at the end of an item tell. */
function withoutEnds(output: readonly object[]): unknown {
  return JSON.parse(
    JSON.stringify(output, (key, value: unknown) =>
      key === 'status' || key === 'encrypted_content' || key.startsWith('parsed') ? undefined : value,
    ),
  );
}

test('the pieces of a stream add up, in the official SDK, to the response at its end and to the unstreamed one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(block, { maxLength: 6 }), fc.boolean(), async (blocks, hasSummary) => {
      const middle = blocks.flatMap((build, ordinal) => build(ordinal));
      const events: AnswerEvent[] = [{ kind: 'start' }, ...middle, { kind: 'finish', reason: 'stop' }];
      const more = hasSummary ? { reasoning: { summary: 'auto' } } : {};
      const told = stream(events, more);
      const { output } = whole(events, more);
      expect(told.at(-1)).toMatchObject({ type: 'response.completed', response: { output } });
      const deltas = await accumulateResponse(told.filter(({ type }) => !/done$|completed$/.test(type)));
      expect(withoutEnds(deltas.output)).toEqual(withoutEnds(output));
      const items = await accumulateResponse(told.slice(0, -1));
      expect(items.output).toMatchObject(output);
      expect((await accumulateResponse(told)).output).toMatchObject(output);
    }),
  );
});
