import fc from 'fast-check';
import type { ResponseCompletedEvent } from 'openai/resources/responses/responses';
import { createTranslator } from '../../registry.ts';
import {
  encodeConverseEvents,
  encodeMessageEvents,
  type MessageEventValue,
} from '../../testing/provider-streams.ts';
import { readResponseEvents } from '../../testing/read-response-stream.ts';
import {
  finishBuffered,
  runStream,
  startTranslator,
  testContext,
  testHead,
  testRequest,
  testTarget,
  textOf,
} from '../../testing/run-translator.ts';

/** A block of an answer, in no provider's words; `input` is JSON text. */
type Block =
  | { readonly kind: 'thinking'; readonly text: string; readonly signature: string }
  | { readonly kind: 'redacted'; readonly data: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly id: string; readonly input: string };

/** Text that is not blank, and not only of halves of characters, which bytes cannot carry. */
const text = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((value) => value.trim() === value && value !== '');
const input = fc
  .tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 1))
  .map(([value, indent]) =>
    JSON.stringify({ ...value, big: 0 }, undefined, indent).replace(/0(?=\n?\}$)/, '12345678901234567890'),
  );
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('thinking' as const), text, signature: text }),
  fc.record({ kind: fc.constant('redacted' as const), data: fc.constantFrom('QUJD', 'eA==') }),
  fc.record({ kind: fc.constant('text' as const), text }),
  fc.record({ kind: fc.constant('tool' as const), id: fc.stringMatching(/^t[a-zA-Z0-9_-]{1,9}$/), input }),
);
/** Two texts in a row are one to clients, and ids are unique. */
const blocks = fc
  .array(block, { minLength: 1, maxLength: 6 })
  .map((list) => list.filter(({ kind }, index) => kind !== 'text' || list[index - 1]?.kind !== 'text'))
  .filter((list) => new Set(list.map((one) => (one.kind === 'tool' ? one.id : {}))).size === list.length);

const json = testHead(200, 'application/json');

interface Provider {
  readonly schema: 'AWSBedrock' | 'AWSAnthropic' | 'Anthropic';
  /** JSON of a block in an answer, which is also what is to come back. */
  encode(block: Block): string;
  whole(content: string): string;
}

const messages = {
  encode(one: Block): string {
    switch (one.kind) {
      case 'thinking':
        return JSON.stringify({ type: 'thinking', thinking: one.text, signature: one.signature });
      case 'redacted':
        return JSON.stringify({ type: 'redacted_thinking', data: one.data });
      case 'text':
        return JSON.stringify({ type: 'text', text: one.text });
      case 'tool':
        return `{"type":"tool_use","id":${JSON.stringify(one.id)},"name":"f","input":${one.input}}`;
    }
  },
  whole: (content: string): string =>
    `{"type":"message","role":"assistant","model":"m","content":${content},"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}`,
};
const converse = {
  encode(one: Block): string {
    switch (one.kind) {
      case 'thinking':
        return JSON.stringify({
          reasoningContent: { reasoningText: { text: one.text, signature: one.signature } },
        });
      case 'redacted':
        return JSON.stringify({ reasoningContent: { redactedContent: one.data } });
      case 'text':
        return JSON.stringify({ text: one.text });
      case 'tool':
        return `{"toolUse":{"toolUseId":${JSON.stringify(one.id)},"name":"f","input":${one.input}}}`;
    }
  },
  whole: (content: string): string =>
    `{"output":{"message":{"role":"assistant","content":${content}}},"stopReason":"end_turn"}`,
};
const providers: readonly Provider[] = [
  { schema: 'AWSBedrock', ...converse },
  { schema: 'AWSAnthropic', ...messages },
  { schema: 'Anthropic', ...messages },
];

const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const tools = [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: null }];
const question = { role: 'user', content: 'hi' };

/** The request of the next turn, with the answer and a result for each of its calls. */
function continueWith(output: readonly object[], schema: Provider['schema']): string {
  const results = output.flatMap((item) =>
    'call_id' in item ? [{ type: 'function_call_output', call_id: item.call_id, output: 'ok' }] : [],
  );
  const body = { model, tools, input: [question, ...output, ...results, question] };
  const translator = createTranslator(testRequest('responses', body), testTarget(schema), testContext);
  return textOf(translator.request().body);
}

test.each(providers)(
  'an answer of $schema, sent back as history, is its own blocks again, byte for byte',
  (provider) => {
    const { schema } = provider;
    fc.assert(
      fc.property(blocks, (answer) => {
        const content = `[${answer.map((one) => provider.encode(one)).join(',')}]`;
        const request = testRequest('responses', { model, tools, input: [question] });
        const translator = startTranslator(createTranslator, request, testTarget(schema));
        const { body } = finishBuffered(translator, json, provider.whole(content));
        const { output } = JSON.parse(textOf(body)) as { output: object[] };
        expect(continueWith(output, schema)).toContain(`"content":${content}`);
      }),
    );
  },
);

function streamMessage(answer: readonly Block[]): Uint8Array {
  const events = answer.flatMap((one, index): MessageEventValue[] => {
    const start = (content_block: object): MessageEventValue => ({
      type: 'content_block_start',
      index,
      content_block,
    });
    const delta = (value: object): MessageEventValue => ({
      type: 'content_block_delta',
      index,
      delta: value,
    });
    const stop = { type: 'content_block_stop', index };
    switch (one.kind) {
      case 'thinking':
        return [
          start({ type: 'thinking', thinking: '', signature: '' }),
          delta({ type: 'thinking_delta', thinking: one.text }),
          delta({ type: 'signature_delta', signature: one.signature }),
          stop,
        ];
      case 'redacted':
        return [start({ type: 'redacted_thinking', data: one.data }), stop];
      case 'text':
        return [start({ type: 'text', text: '' }), delta({ type: 'text_delta', text: one.text }), stop];
      case 'tool':
        return [
          start({ type: 'tool_use', id: one.id, name: 'f', input: {} }),
          delta({ type: 'input_json_delta', partial_json: one.input }),
          stop,
        ];
    }
  });
  return encodeMessageEvents([
    { type: 'message_start', message: { model: 'm', usage: { input_tokens: 1, output_tokens: 1 } } },
    ...events,
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ]);
}

function streamConverse(answer: readonly Block[]): Uint8Array {
  const events = answer.flatMap((one, contentBlockIndex) => {
    const delta = (value: object) => ['contentBlockDelta', { contentBlockIndex, delta: value }] as const;
    const stop = ['contentBlockStop', { contentBlockIndex }] as const;
    switch (one.kind) {
      case 'thinking':
        return [
          delta({ reasoningContent: { text: one.text } }),
          delta({ reasoningContent: { signature: one.signature } }),
          stop,
        ];
      case 'redacted':
        return [delta({ reasoningContent: { redactedContent: one.data } }), stop];
      case 'text':
        return [delta({ text: one.text }), stop];
      case 'tool': {
        const start = { toolUse: { toolUseId: one.id, name: 'f' } };
        return [
          ['contentBlockStart', { contentBlockIndex, start }] as const,
          delta({ toolUse: { input: one.input } }),
          stop,
        ];
      }
    }
  });
  return encodeConverseEvents([
    ['messageStart', { role: 'assistant' }],
    ...events,
    ['messageStop', { stopReason: 'end_turn' }],
    ['metadata', { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } }],
  ]);
}

test.each([
  { schema: 'AWSBedrock', ...converse, stream: streamConverse, type: 'application/vnd.amazon.eventstream' },
  { schema: 'Anthropic', ...messages, stream: streamMessage, type: 'text/event-stream' },
] as const)('a streamed answer of $schema, sent back as history, is its own blocks again', (provider) => {
  const { schema } = provider;
  fc.assert(
    fc.property(blocks, (answer) => {
      const request = testRequest('responses', { model, tools, input: [question], stream: true });
      const translator = startTranslator(createTranslator, request, testTarget(schema));
      const { text: told } = runStream(translator, testHead(200, provider.type), [provider.stream(answer)]);
      const last = readResponseEvents(told).at(-1) as ResponseCompletedEvent;
      const content = `[${answer.map((one) => provider.encode(one)).join(',')}]`;
      expect(continueWith(last.response.output, schema)).toContain(`"content":${content}`);
    }),
  );
});
