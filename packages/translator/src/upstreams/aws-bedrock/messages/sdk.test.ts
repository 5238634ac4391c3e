import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { createTranslator } from '../../../registry.ts';
import { encodeException } from '../../../testing/encode-event-stream.ts';
import { jsonOf, testContext, testRequest } from '../../../testing/run-translator.ts';
import {
  answer,
  answerOf,
  ask,
  begin,
  converse,
  delta,
  finish,
  metadata,
  models,
  stream,
  streamBlocks,
  type AnswerBlock,
} from './__fixtures__/exchange.ts';

/** What Anthropic's own client makes of the text of a stream. */
function read(text: string): Promise<Anthropic.Message> {
  const fetch = (): Promise<Response> =>
    Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } }));
  const client = new Anthropic({ apiKey: 'k', maxRetries: 0, fetch });
  return client.messages
    .stream({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] })
    .finalMessage();
}

const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() !== '');
const json = fc.dictionary(word, fc.jsonValue()).map((value) => JSON.parse(JSON.stringify(value)) as object);
const opaque = fc.base64String({ minLength: 4, maxLength: 24 });
const block: fc.Arbitrary<AnswerBlock> = fc.oneof(
  word.map((text) => ({ text })),
  fc
    .record({ text: word, signature: opaque })
    .map((reasoningText) => ({ reasoningContent: { reasoningText } })),
  opaque.map((redactedContent) => ({ reasoningContent: { redactedContent } })),
  fc
    .record({
      toolUseId: fc.uuid(),
      name: fc.constantFrom('f', 'g-2'),
      input: json,
    })
    .map((toolUse) => ({ toolUse })),
);
const blocks = fc.uniqueArray(block, {
  minLength: 1,
  maxLength: 6,
  selector: (item) => ('toolUse' in item ? item.toolUse.toolUseId : item),
});
const size = fc.integer({ min: 1, max: 9 });

/** What Converse gets when the client goes on after `content`. */
function sentBack(content: unknown): unknown {
  const body = {
    ...ask,
    messages: [...ask.messages, { role: 'assistant', content }, { role: 'user', content: 'go on' }],
  };
  const { body: bytes } = createTranslator(testRequest('messages', body), converse, testContext).request();
  const { messages } = jsonOf(bytes) as { messages: { content: unknown }[] };
  return messages[1]?.content;
}

describe('Anthropic’s SDK', () => {
  test('puts together from a stream what the whole answer says, however it is cut [A101] [A103]', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, size, async (content, pieces) => {
        const { text, failures } = stream(streamBlocks(content, pieces, 'end_turn'));
        expect(failures).toEqual([]);
        const message = await read(text);
        const whole = answer(answerOf(content));
        expect(message.content).toEqual(whole['content']);
        expect(message.usage).toMatchObject(whole['usage'] as object);
        expect(message.stop_reason).toBe('end_turn');
      }),
      { numRuns: 50 },
    );
  });

  test('sends back, whole or streamed, the very blocks that the provider gave [A104]', async () => {
    await fc.assert(
      fc.asyncProperty(blocks, size, async (content, pieces) => {
        const { text } = stream(streamBlocks(content, pieces, 'end_turn'));
        const { content: streamed } = await read(text);
        expect(sentBack(streamed)).toEqual(content);
        expect(sentBack(answer(answerOf(content))['content'])).toEqual(content);
      }),
      { numRuns: 50 },
    );
  });

  test('raises on an exception in the middle, and never sees an end', async () => {
    const { text } = stream([
      begin,
      delta(0, { text: 'he' }),
      encodeException('throttlingException', { message: 'slow down' }),
    ]);
    await expect(read(text)).rejects.toThrow(/slow down/);
  });

  test('raises on a stream that breaks off', async () => {
    await expect(read(stream([begin, delta(0, { text: 'he' })]).text)).rejects.toThrow(
      /ended before the answer was complete/,
    );
  });

  test('takes reasoning of models that do not sign it, and it goes back unsigned', async () => {
    const more = { model: models.gptOss };
    const { text } = stream(
      [
        begin,
        delta(0, { reasoningContent: { text: 'hm' } }),
        delta(1, { text: 'so' }),
        finish('end_turn'),
        metadata,
      ],
      more,
    );
    const { content } = await read(text);
    expect(content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: '' },
      { type: 'text', text: 'so' },
    ]);
    const turns = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content },
      { role: 'user', content: 'go on' },
    ];
    const request = testRequest('messages', { ...ask, ...more, messages: turns });
    const { messages } = jsonOf(createTranslator(request, converse, testContext).request().body) as {
      messages: { content: unknown }[];
    };
    expect(messages[1]?.content).toEqual([
      { reasoningContent: { reasoningText: { text: 'hm' } } },
      { text: 'so' },
    ]);
  });
});
