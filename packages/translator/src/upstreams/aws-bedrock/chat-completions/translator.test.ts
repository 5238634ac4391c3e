import { createTranslator } from '../../../registry.ts';
import { describeTranslator } from '../../../testing/describe-translator.ts';
import {
  concatBytes,
  encodeEvent,
  encodeEventStreamMessage,
  encodeException,
} from '../../../testing/encode-event-stream.ts';
import { readChatStream, type ChatStreamReading } from '../../../testing/read-chat-stream.ts';
import {
  finishBuffered,
  jsonOf,
  runStream,
  startTranslator,
  testHead,
  testRequest,
  testTarget,
  type StreamResult,
} from '../../../testing/run-translator.ts';
import type { Translator, UpstreamTarget } from '../../../translator.ts';

const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const bedrock = testTarget('AWSBedrock');
const frames = testHead(200, 'application/vnd.amazon.eventstream', { 'x-amzn-requestid': 'rid' });
const json = testHead(200, 'application/json', { 'x-amzn-requestid': 'rid' });
const ask = { model: claude, messages: [{ role: 'user', content: 'hi' }] };

const begin = encodeEvent('messageStart', { role: 'assistant', p: 'abcdef' });
const delta = (contentBlockIndex: number, body: unknown): Uint8Array =>
  encodeEvent('contentBlockDelta', { contentBlockIndex, delta: body, p: 'abc' });
const startTool = (contentBlockIndex: number, toolUseId: string, name: string): Uint8Array =>
  encodeEvent('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } });
const stop = (contentBlockIndex: number): Uint8Array =>
  encodeEvent('contentBlockStop', { contentBlockIndex });
const finish = (stopReason: string): Uint8Array => encodeEvent('messageStop', { stopReason });
const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
const metadata = encodeEvent('metadata', { usage, metrics: { latencyMs: 1 }, p: 'x' });

function start(body: object, target: UpstreamTarget = bedrock): Translator {
  return startTranslator(createTranslator, testRequest('chatCompletions', body), target);
}

function stream(pieces: readonly Uint8Array[], more: object = {}): StreamResult & ChatStreamReading {
  const result = runStream(start({ ...ask, stream: true, ...more }), frames, [concatBytes(...pieces)]);
  return { ...result, ...readChatStream(result.text) };
}

const unfinished = [
  begin,
  delta(0, { reasoningContent: { text: 'hm 😀' } }),
  delta(0, { reasoningContent: { signature: 'S' } }),
  stop(0),
  delta(1, { text: 'hé' }),
  delta(1, { text: 'llo' }),
  stop(1),
  startTool(2, 't1', 'f'),
  delta(2, { toolUse: { input: '{"a":' } }),
  delta(2, { toolUse: { input: '1}' } }),
  stop(2),
];
const golden = [...unfinished, finish('tool_use'), metadata];

describeTranslator('chat completions on Converse', {
  request: testRequest('chatCompletions', ask),
  target: bedrock,
  unary: {
    head: json,
    body: new TextEncoder().encode(
      JSON.stringify({
        output: { message: { role: 'assistant', content: [{ text: 'ok' }] } },
        stopReason: 'end_turn',
        usage,
      }),
    ),
  },
  stream: {
    request: testRequest('chatCompletions', {
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    }),
    head: frames,
    complete: concatBytes(...golden),
    failing: concatBytes(
      begin,
      delta(0, { text: 'he' }),
      encodeException('throttlingException', { message: 'slow down' }),
      delta(0, { text: 'lost' }),
    ),
    incompleteBefore: concatBytes(...unfinished).length,
  },
});

describe('the head of the request', () => {
  test.each([
    [false, 'converse', 'application/json'],
    [true, 'converse-stream', 'application/vnd.amazon.eventstream'],
  ])(
    'stream %s goes to its operation, with neither model nor stream in the body [A1] [A2]',
    (isStream, operation, accept) => {
      const sent = start({ ...ask, stream: isStream }).request();
      expect(sent.path).toBe(`/model/${claude}/${operation}`);
      expect(sent.headers.set).toEqual([
        ['content-type', 'application/json'],
        ['accept', accept],
        ['accept-encoding', 'identity'],
      ]);
      expect(jsonOf(sent.body)).toEqual({ messages: [{ role: 'user', content: [{ text: 'hi' }] }] });
    },
  );

  test('an ARN is one segment of the path [A3]', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab/c:d';
    expect(start({ ...ask, model: arn }).request().path).toBe(
      '/model/arn:aws:bedrock:us-east-1:123456789012:application-inference-profile%2Fab%2Fc:d/converse',
    );
  });

  test.each(['/x', 'a//b', './a', 'a/.;x/b', 'a/ ;x'])('the model %j is refused [A4]', (model) => {
    expect(() => start({ ...ask, model })).toThrow(/is not a Bedrock model id/);
  });

  test('an override is asked for, judged by its own capabilities, and hidden from the client [A5]', () => {
    const llama = 'meta.llama3-8b-instruct-v1:0';
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    const translator = start({ ...ask, thinking }, testTarget('AWSBedrock', { modelNameOverride: llama }));
    const sent = translator.request();
    expect(sent.path).toBe(`/model/${llama}/converse`);
    expect(sent.model).toBe(llama);
    expect(sent.warnings).toEqual([{ path: 'thinking', action: 'dropped', reason: 'model has no thinking' }]);
    const answer = finishBuffered(
      translator,
      json,
      '{"output":{"message":{"content":[]}},"stopReason":"end_turn"}',
    );
    expect(jsonOf(answer.body)).toMatchObject({ model: claude });
    expect(answer.responseModel).toBe(llama);
  });
});

describe('a streamed answer', () => {
  test('every kind of event [A57] [A62] [A63] [A70]', () => {
    const answer = stream(golden, { stream_options: { include_usage: true } });
    expect(answer.deltas).toEqual([
      { role: 'assistant', content: '' },
      { reasoning_content: 'hm 😀' },
      { thinking_blocks: [{ type: 'thinking', thinking: 'hm 😀', signature: 'S' }] },
      { content: 'hé' },
      { content: 'llo' },
      { tool_calls: [{ index: 0, id: 't1', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"a":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '1}' } }] },
      {},
    ]);
    expect(answer.finishReasons).toEqual(['tool_calls']);
    expect(answer.chunks.at(-1)).toEqual({
      id: 'chatcmpl-rid',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: claude,
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    });
    expect(answer.isDone).toBe(true);
    expect(answer.text).not.toContain('"p"');
    expect(answer.usage).toEqual({ inputTokens: 3, outputTokens: 2, totalTokens: 5 });
    expect(answer.failures).toEqual([]);
    const identities = answer.chunks.map(({ id, created, model }) => `${id} ${created} ${model}`);
    expect(new Set(identities)).toEqual(new Set([`chatcmpl-rid 1700000000 ${claude}`]));
  });

  test('usage is recorded but not shown to a client that did not ask [A58] [A62]', () => {
    const { chunks, isDone, usage: recorded } = stream(golden);
    expect(recorded?.totalTokens).toBe(5);
    expect(chunks.filter(({ choices }) => choices.length === 0)).toEqual([]);
    expect(isDone).toBe(true);
  });

  test('interleaved tools keep their index, whatever the index of their block [A59] [A60]', () => {
    const { deltas } = stream([
      begin,
      startTool(1, 'a', 'f'),
      startTool(2, 'b', 'g'),
      delta(1, { toolUse: { input: '1' } }),
      delta(2, { toolUse: { input: '2' } }),
      delta(1, { toolUse: { input: '3' } }),
      stop(1),
      stop(2),
      finish('tool_use'),
    ]);
    const calls = deltas.flatMap((part) => part.tool_calls ?? []);
    expect(calls.slice(2)).toEqual([
      { index: 0, function: { arguments: '1' } },
      { index: 1, function: { arguments: '2' } },
      { index: 0, function: { arguments: '3' } },
    ]);
  });

  test('a call without arguments streams an empty object [A61]', () => {
    const { deltas } = stream([begin, startTool(1, 't1', 'f'), stop(1), finish('tool_use')]);
    const calls = deltas.flatMap((part) => part.tool_calls ?? []);
    expect(calls.map((call) => call.function.arguments).join('')).toBe('{}');
  });

  test('announced text blocks, empty deltas and what is unknown add nothing', () => {
    const { deltas } = stream([
      begin,
      encodeEvent('contentBlockStart', { contentBlockIndex: 0, start: { text: '' } }),
      delta(0, { text: '' }),
      delta(0, { novelty: {} }),
      encodeEvent('novelEvent', {}),
      stop(0),
      finish('end_turn'),
    ]);
    expect(deltas).toEqual([{ role: 'assistant', content: '' }, {}]);
  });

  test('tools that the provider runs itself are not shown as calls', () => {
    const serverTool = { toolUse: { toolUseId: 's', name: 'nova_grounding', type: 'server_tool_use' } };
    const { deltas, finishReasons } = stream([
      begin,
      encodeEvent('contentBlockStart', { contentBlockIndex: 0, start: serverTool }),
      delta(0, { toolUse: { input: '{}' } }),
      stop(0),
      finish('end_turn'),
    ]);
    expect(deltas).toEqual([{ role: 'assistant', content: '' }, {}]);
    expect(finishReasons).toEqual(['stop']);
  });

  test('redacted reasoning comes whole at the end of its block', () => {
    const { deltas } = stream([
      begin,
      delta(0, { reasoningContent: { redactedContent: 'QUJD' } }),
      stop(0),
      finish('end_turn'),
    ]);
    expect(deltas[1]).toEqual({ thinking_blocks: [{ type: 'redacted_thinking', data: 'QUJD' }] });
  });

  test('citations become annotations of their passage', () => {
    const citation = { title: 'T', location: { web: { url: 'https://example.com', domain: 'example.com' } } };
    const { deltas } = stream([
      begin,
      delta(0, { text: 'ab' }),
      stop(0),
      delta(1, { text: 'cd' }),
      delta(1, { citation }),
      delta(1, { text: 'e' }),
      stop(1),
      finish('end_turn'),
    ]);
    expect(deltas.flatMap((part) => part.annotations ?? [])).toEqual([
      {
        type: 'url_citation',
        url_citation: { url: 'https://example.com', title: 'T', start_index: 2, end_index: 5 },
      },
    ]);
  });

  test('a later metadata without usage does not erase it [A69]', () => {
    const later = encodeEvent('metadata', { serviceTier: { type: 'flex' } });
    const { chunks, usage: recorded } = stream([begin, finish('end_turn'), metadata, later], {
      stream_options: { include_usage: true },
    });
    expect(recorded?.totalTokens).toBe(5);
    expect(chunks.at(-1)).toMatchObject({ usage: { total_tokens: 5 }, service_tier: 'flex' });
  });

  test('the head says that the body is ours', () => {
    const head = testHead(200, 'Application/vnd.amazon.eventstream; x=y');
    const response = start({ ...ask, stream: true }).response(head);
    expect(response.kind === 'streamed' && response.headers).toEqual({
      remove: ['content-encoding', 'content-length', 'transfer-encoding'],
      set: [
        ['content-type', 'text/event-stream'],
        ['x-request-id', 'req-1'],
      ],
    });
  });
});

describe('a stream that fails', () => {
  test.each([
    ['throttlingException', 'ThrottlingException', 'rate_limit_error', 429],
    ['modelStreamErrorException', 'ModelStreamErrorException', 'upstream_error', 424],
    ['internalServerException', 'InternalServerException', 'server_error', 500],
    ['serviceUnavailableException', 'ServiceUnavailableException', 'server_error', 503],
    ['validationException', 'ValidationException', 'invalid_request_error', 400],
  ])('%s ends the stream with its error and without [DONE] [A64]', (name, code, type, status) => {
    const message = 'slow "down"\n';
    const { error, isDone, failures, deltas } = stream([
      begin,
      delta(0, { text: 'he' }),
      encodeException(name, { message }),
    ]);
    expect(error).toEqual({ message, type, code, param: null });
    expect(isDone).toBe(false);
    expect(failures).toEqual([{ code, message, status }]);
    expect(deltas).toEqual([{ role: 'assistant', content: '' }, { content: 'he' }]);
  });

  test('an unmodelled error, and an exception that calls itself an event [A65]', () => {
    const headers = { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'boom' };
    const unmodelled = stream([begin, encodeEventStreamMessage(headers, '')]);
    expect(unmodelled.error).toMatchObject({ message: 'boom', code: 'InternalError' });
    const disguised = stream([begin, encodeEvent('throttlingException', { message: 'slow' })]);
    expect(disguised.error).toMatchObject({ message: 'slow', code: 'ThrottlingException' });
  });

  test('an exception after the usage keeps the usage [A64]', () => {
    const result = stream([begin, finish('end_turn'), metadata, encodeException('throttlingException', {})]);
    expect(result.usage?.totalTokens).toBe(5);
    expect(result.failures).toHaveLength(1);
  });

  const corrupt = begin.slice();
  corrupt[20]! ^= 1;
  test.each([
    ['bytes left over', [...golden, begin.subarray(0, 5)], 'stream_truncated'],
    ['a wrong checksum', [begin, corrupt, ...golden], 'upstream_error'],
    ['no messageStop', unfinished, 'stream_truncated'],
    ['nothing at all', [], 'stream_truncated'],
    [
      'an event that is not JSON',
      [begin, encodeEventStreamMessage({ ':event-type': 'metadata' }, '{')],
      'upstream_error',
    ],
  ])('%s: an error, and never a clean end [A66] [A67]', (_name, pieces, code) => {
    const { failures, text } = stream(pieces);
    expect(failures.map((failure) => failure.code)).toEqual([code]);
    expect(text).toMatch(/data: \{"error":.*\}\n\n$/);
    expect(text).not.toContain('[DONE]');
  });

  test('after a damaged frame nothing is kept, however much comes [A67]', () => {
    const response = start({ ...ask, stream: true }).response(frames);
    if (response.kind !== 'streamed') throw new Error('expected a streamed response');
    const garbage = new Uint8Array(1024 * 1024).fill(0x41);
    expect(response.push(garbage).failure).toMatchObject({ code: 'upstream_error', status: 502 });
    const before = process.memoryUsage().arrayBuffers;
    for (let mebibytes = 0; mebibytes < 100; mebibytes++)
      expect(response.push(garbage)).toEqual({ body: new Uint8Array(0) });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    expect(response.end()).toEqual({ body: new Uint8Array(0) });
  });

  test.each([
    ['{"message":"nope"}', 502, 'nope', 'upstream_error'],
    ['{"__type":"com.amazon#ThrottlingException","message":"slow"}', 429, 'slow', 'ThrottlingException'],
  ])(
    'JSON in place of a stream is an error with a status of its own: %s [A68]',
    (body, status, message, code) => {
      const answer = finishBuffered(start({ ...ask, stream: true }), json, body);
      expect(answer.status).toBe(status);
      expect(jsonOf(answer.body)).toMatchObject({ error: { message, code } });
    },
  );
});

describe('structured output through a tool', () => {
  const schema = { type: 'object', properties: { a: { type: 'number' } } };
  const wanted = {
    ...ask,
    model: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
  };

  test('looks like text to the client [A37]', () => {
    const translator = start(wanted);
    expect(jsonOf(translator.request().body)).toMatchObject({
      toolConfig: {
        tools: [{ toolSpec: { name: 'json_tool_call', inputSchema: { json: schema } } }],
        toolChoice: { tool: { name: 'json_tool_call' } },
      },
    });
    const toolUse = '{"toolUseId":"t","name":"json_tool_call","input":{"a": 1.0}}';
    const body = `{"output":{"message":{"content":[{"toolUse":${toolUse}}]}},"stopReason":"tool_use"}`;
    expect(jsonOf(finishBuffered(translator, json, body).body)).toMatchObject({
      choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: '{"a": 1.0}' } }],
    });
  });

  test('looks like text to the client of a stream [A37]', () => {
    const { deltas, finishReasons } = stream(
      [
        begin,
        startTool(0, 't', 'json_tool_call'),
        delta(0, { toolUse: { input: '{"a":1}' } }),
        stop(0),
        finish('tool_use'),
      ],
      wanted,
    );
    expect(deltas).toEqual([{ role: 'assistant', content: '' }, { content: '{"a":1}' }, {}]);
    expect(finishReasons).toEqual(['stop']);
  });
});
