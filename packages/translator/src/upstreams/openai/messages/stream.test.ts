import fc from 'fast-check';
import { createTranslator } from '../../../registry.ts';
import {
  assembleMessage,
  readMessageStream,
  type ReadMessageEvent,
} from '../../../testing/read-message-stream.ts';
import {
  runStream,
  startTranslator,
  testRequest,
  textOf,
  type StreamResult,
} from '../../../testing/run-translator.ts';
import type { Translator } from '../../../translator.ts';
import { ask, openai, sse } from './__fixtures__/exchange.ts';

const utf8 = new TextEncoder();
const start = (more: object = {}): Translator =>
  startTranslator(createTranslator, testRequest('messages', { ...ask, ...more }), openai);

const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (more: object): string => data({ id: 'chatcmpl-1', model: 'served', ...more });
const choice = (delta: object, reason: string | null = null, more: object = {}): string =>
  chunk({ choices: [{ index: 0, delta, finish_reason: reason, ...more }] });
const done = 'data: [DONE]\n\n';
const call = (index: number, args: string, more: { id?: string; name?: string } = {}): object => {
  const { id, name } = more;
  return { index, ...(id && { id, type: 'function' }), function: { ...(name && { name }), arguments: args } };
};
const calls = (...tool_calls: object[]): string => choice({ tool_calls });

const stream = (text: string): StreamResult & { events: ReadMessageEvent[] } => {
  const result = runStream(start({ stream: true }), sse, [utf8.encode(text)]);
  return { ...result, events: readMessageStream(result.text) };
};

describe('a streamed answer', () => {
  test('is a message, event by event', () => {
    const {
      text,
      usage: metered,
      responseModel,
      failures,
    } = stream(
      choice({ role: 'assistant', content: '' }) +
        choice({ content: 'he' }) +
        choice({ content: 'y' }) +
        choice({}, 'stop') +
        chunk({ choices: [], usage: { ...usage, prompt_tokens_details: { cached_tokens: 4 } } }) +
        done,
    );
    expect(text).toBe(
      [
        'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"served","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}}',
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"he"}}',
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"y"}}',
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}',
        'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":5,"output_tokens":2,"cache_read_input_tokens":4}}',
        'event: message_stop\ndata: {"type":"message_stop"}',
        '',
      ].join('\n\n'),
    );
    expect({ metered, responseModel, failures }).toEqual({
      metered: { inputTokens: 9, outputTokens: 2, totalTokens: 11, cachedInputTokens: 4 },
      responseModel: 'served',
      failures: [],
    });
  });

  test('a server that ends its lines with CRLF or CR loses nothing [A110]', () => {
    const lines = choice({ content: 'a' }) + choice({ content: 'b' }) + choice({}, 'stop') + done;
    const whole = stream(lines);
    expect(assembleMessage(whole.events)).toMatchObject([{ type: 'text', text: 'ab' }]);
    expect(stream(lines.replace(/\n/g, '\r\n'))).toEqual(whole);
    expect(stream(lines.replace(/\n/g, '\r'))).toEqual(whole);
  });

  test.each<[string, object, string]>([
    ['a name', { message: 'slow', type: 'rate_limit_error', code: null }, 'rate_limit_error'],
    ['a code', { message: 'slow', code: 'rate_limit_exceeded' }, 'rate_limit_error'],
    ['a status', { message: 'slow', code: 503 }, 'overloaded_error'],
    ['nothing', { message: 'slow' }, 'api_error'],
  ])('an error chunk with %s ends the stream as an error [A111]', (_name, error, type) => {
    const { events, failures } = stream(
      choice({ content: 'a' }) + data({ error }) + choice({}, 'stop') + done,
    );
    expect(failures).toHaveLength(1);
    expect(events.at(-1)).toEqual({ type: 'error', error: { type, message: 'slow' } });
    expect(events.some((event) => event.type === 'message_stop')).toBe(false);
  });

  test('a stream that breaks off ends in an error and no good end [A111]', () => {
    for (const text of [choice({ content: 'a' }), `${choice({ content: 'a' })}data: {"cho`]) {
      const { events, failures } = stream(text);
      expect(failures.map(({ code }) => code)).toEqual(['stream_truncated']);
      expect(events.at(-1)?.type).toBe('error');
      expect(events.some((event) => event.type === 'message_delta')).toBe(false);
    }
  });

  test('usage beside the finish reason counts, cached tokens apart from input [A112]', () => {
    const inline = { ...usage, prompt_tokens_details: { cached_tokens: 4 } };
    const { events, usage: metered } = stream(
      choice({ content: 'a' }) +
        chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: inline }) +
        done,
    );
    expect(events.at(-2)?.usage).toEqual({ input_tokens: 5, output_tokens: 2, cache_read_input_tokens: 4 });
    expect(metered).toMatchObject({ inputTokens: 9, outputTokens: 2 });
  });

  test('calls that take turns never write into a closed block, and keep their arguments [A113]', () => {
    const { events } = stream(
      calls(call(0, '', { id: 'a', name: 'f' }), call(1, '{"x":', { id: 'b', name: 'g' })) +
        calls(call(0, '{"y":"}{\\""')) +
        choice({ content: 'between' }) +
        calls(call(1, '1}')) +
        calls(call(0, '}')) +
        choice({}, 'tool_calls') +
        done,
    );
    expect(assembleMessage(events)).toEqual([
      { type: 'tool_use', text: '{"y":"}{\\""}', id: 'a', name: 'f' },
      { type: 'tool_use', text: '{"x":1}', id: 'b', name: 'g' },
      { type: 'text', text: 'between', id: undefined, name: undefined },
    ]);
    expect(events.at(-2)?.delta).toEqual({ stop_reason: 'tool_use', stop_sequence: null });
  });

  test('any interleaving of calls and text gives every block whole, in the order of their beginnings', () => {
    const tool = fc.record({
      args: fc.json().map((value) => `{"v": ${value}}`),
      cuts: fc.array(fc.nat(), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(tool, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (tools, turns) => {
          const pieces = tools.map(({ args, cuts }, index) => {
            const ends = [...cuts.map((cut) => cut % args.length), args.length].sort((a, b) => a - b);
            let from = 0;
            const rest = ends.map((end) => {
              const piece = args.slice(from, end);
              from = end;
              return calls(call(index, piece));
            });
            return [calls(call(index, '', { id: `id${index}`, name: `n${index}` })), ...rest];
          });
          // The beginnings come in order; afterwards everything takes turns.
          let text = pieces.map((list) => list.shift()).join('');
          const order = [...turns];
          while (pieces.some((list) => list.length > 0)) {
            const waiting = pieces.filter((list) => list.length > 0);
            text += waiting[(order.shift() ?? 0) % waiting.length]!.shift()!;
          }
          const blocks = assembleMessage(stream(text + choice({}, 'tool_calls') + done).events);
          expect(blocks.map((block) => block.text)).toEqual(tools.map(({ args }) => args));
          expect(blocks.map(({ id, name }) => [id, name])).toEqual(
            tools.map((_tool, index) => [`id${index}`, `n${index}`]),
          );
        },
      ),
    );
  });

  test('a call that is complete is handed on before the next begins', () => {
    const begin = calls(call(0, '{"a":1}', { id: 'a', name: 'f' }), call(1, '{', { id: 'b', name: 'g' }));
    const response = start({ stream: true }).response(sse);
    if (response.kind !== 'streamed') throw new Error('expected a stream');
    expect(textOf(response.push(utf8.encode(begin)).body)).toMatch(/"index":1.*"partial_json":"\{"/s);
  });

  test('text after a call begins a block of its own', () => {
    const { events } = stream(
      choice({ reasoning: 'hm' }) +
        choice({ content: 'a' }) +
        calls(call(0, '{}', { id: 'a', name: 'f' })) +
        choice({ content: 'b' }) +
        choice({}, 'stop') +
        done,
    );
    expect(assembleMessage(events).map(({ type, text }) => [type, text])).toEqual([
      ['thinking', 'hm'],
      ['text', 'a'],
      ['tool_use', '{}'],
      ['text', 'b'],
    ]);
  });

  test('a call begins when its id and its name are known, whenever they come', () => {
    const { events } = stream(
      calls(call(0, '{"a"', { id: 'x' })) +
        calls(call(0, ':1}', { name: 'f' })) +
        choice({}, 'tool_calls') +
        done,
    );
    expect(assembleMessage(events)).toEqual([{ type: 'tool_use', text: '{"a":1}', id: 'x', name: 'f' }]);
    const without = stream(calls(call(0, '{}', { name: 'f' })) + choice({}, 'tool_calls') + done);
    expect(assembleMessage(without.events)).toEqual([
      { type: 'tool_use', text: '{}', id: 'toolu_req-1_0', name: 'f' },
    ]);
  });

  test('servers that number their calls badly are understood', () => {
    const bare = (id: string): object => ({ id, function: { name: 'f', arguments: `{"${id}":1}` } });
    for (const list of [
      [bare('a'), bare('b')],
      [
        { ...bare('a'), index: 0 },
        { ...bare('b'), index: 0 },
      ],
    ]) {
      const { events } = stream(list.map((one) => calls(one)).join('') + choice({}, 'tool_calls') + done);
      expect(assembleMessage(events).map(({ id, text }) => [id, text])).toEqual([
        ['a', '{"a":1}'],
        ['b', '{"b":1}'],
      ]);
    }
  });

  test.each<[string, string]>([
    ['without a name', calls(call(0, '{}', { id: 'a' })) + choice({}, 'tool_calls') + done],
    ['continued after its end', calls(call(0, '{}', { id: 'a', name: 'f' })) + calls(call(0, '{}'))],
  ])('a call %s is an error', (_name, text) => {
    const { failures } = stream(text);
    expect(failures.map(({ code }) => code)).toEqual(['upstream_error']);
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['an end alone', done],
    ['usage alone', chunk({ choices: [], usage }) + done],
  ])('%s becomes an error, never an end without a start [A114]', (_name, text) => {
    const { events, failures } = stream(text);
    expect(failures.map(({ code }) => code)).toEqual(['stream_truncated']);
    expect(events.map(({ type }) => type)).toEqual(['error']);
  });

  test('the end is the finish reason or [DONE], and what follows is not read', () => {
    const finished = stream(choice({ content: 'a' }) + choice({}, 'length'));
    expect(finished.failures).toEqual([]);
    expect(finished.events.at(-2)?.delta).toMatchObject({ stop_reason: 'max_tokens' });
    const ended = stream(choice({ content: 'a' }) + done + choice({ content: 'b' }) + done);
    expect(ended.events.filter(({ type }) => type === 'message_stop')).toHaveLength(1);
    expect(assembleMessage(ended.events)).toMatchObject([{ text: 'a' }]);
  });

  test('refusals are text, and the reason to stop', () => {
    const { events } = stream(choice({ refusal: 'no' }) + choice({}, 'stop') + done);
    expect(assembleMessage(events)).toMatchObject([{ type: 'text', text: 'no' }]);
    expect(events.at(-2)?.delta).toMatchObject({ stop_reason: 'refusal' });
  });

  test('what waits for its turn is bounded', () => {
    const much = calls(call(1, 'x'.repeat(9 * 1024 * 1024), { id: 'b', name: 'g' }));
    const { failures, events } = stream(calls(call(0, '{', { id: 'a', name: 'f' })) + much.repeat(3));
    expect(failures.map(({ code }) => code)).toEqual(['upstream_error']);
    expect(events.at(-1)?.error?.message).toContain('out of order');
  });

  test('so is what is remembered of calls', () => {
    const many = Array.from({ length: 52_000 }, (_, index) => call(index, '{}', { id: 'c', name: 'f' }));
    const { failures, text } = runStream(start({ stream: true }), sse, [utf8.encode(calls(...many))]);
    expect(failures.map(({ code }) => code)).toEqual(['upstream_error']);
    expect(text.slice(-500)).toContain('bytes of calls');
  });

  test('what is no JSON is an error', () => {
    expect(stream('data: hello\n\n').failures.map(({ code }) => code)).toEqual(['upstream_error']);
  });
});
