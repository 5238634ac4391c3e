import { buildConverse, hi, models } from '../../../testing/converse.ts';
import { concatBytes, encodeEvent } from '../../../testing/encode-event-stream.ts';
import { createTranslator } from '../../../registry.ts';
import {
  finishBuffered,
  jsonOf,
  runStream,
  startTranslator,
  testHead,
  testRequest,
  testTarget,
} from '../../../testing/run-translator.ts';
import type { Translator } from '../../../translator.ts';

const thinkingPath = '/usage/output_tokens_details';
const stopPaths = ['/stop_sequence', '/delta/stop_sequence'];
const pathsOf = (more: object): unknown =>
  (buildConverse(more) as { additionalModelResponseFieldPaths?: unknown }).additionalModelResponseFieldPaths;
const tenPaths = Array.from({ length: 10 }, (_, index) => `/${index}`);
const thinking = { model: models.opus46, reasoning_effort: 'high' };

describe('what Converse is asked to tell besides', () => {
  test.each<[string, object, unknown]>([
    ['nothing by default', { stop: ['a', 'b'] }, undefined],
    ['what thinking cost', thinking, [thinkingPath]],
    ['nothing of other families', { model: 'amazon.nova-2-lite-v1:0', reasoning_effort: 'high' }, undefined],
    [
      'first of all what the client asks for',
      { ...thinking, additionalModelResponseFieldPaths: ['/x'] },
      ['/x', thinkingPath],
    ],
    ['just that', { additionalModelResponseFieldPaths: ['/x'] }, ['/x']],
    ['no more than ten', { ...thinking, additionalModelResponseFieldPaths: tenPaths }, tenPaths],
  ])('%s', (_, more, expected) => {
    expect(pathsOf(more)).toEqual(expected);
  });

  test.each([
    [['a'], undefined],
    [['a', 'b'], stopPaths],
  ])('which of the stop sequences %j was met, for clients that are told', (stop_sequences, expected) => {
    const body = { model: models.sonnet45, max_tokens: 9, messages: [hi], stop_sequences };
    const target = testTarget('AWSBedrock', { messagesVia: 'Converse' });
    const sent = jsonOf(start('messages', body, target).request().body);
    expect((sent as Record<string, unknown>)['additionalModelResponseFieldPaths']).toEqual(expected);
  });
});

function start(
  endpoint: 'messages' | 'chatCompletions',
  body: object,
  target = testTarget('AWSBedrock'),
): Translator {
  return startTranslator(createTranslator, testRequest(endpoint, body), target);
}

const additionalModelResponseFields = {
  usage: { output_tokens_details: { thinking_tokens: 5 } },
  delta: { stop_sequence: 'b' },
};
const usage = { inputTokens: 3, outputTokens: 8, totalTokens: 11 };

describe('what Converse tells', () => {
  const chat = { ...thinking, messages: [hi] };
  const message = {
    model: models.sonnet45,
    max_tokens: 9,
    messages: [hi],
    stop_sequences: ['a', 'b'],
  };
  const target = testTarget('AWSBedrock', { messagesVia: 'Converse' });

  test('of a whole answer', () => {
    const head = testHead(200, 'application/json');
    const body = JSON.stringify({
      output: { message: { content: [{ text: 'x' }] } },
      stopReason: 'stop_sequence',
      usage,
      additionalModelResponseFields,
    });
    const completion = finishBuffered(start('chatCompletions', chat), head, body);
    expect(completion.usage).toMatchObject({ outputTokens: 8, reasoningTokens: 5 });
    expect(jsonOf(completion.body)).toHaveProperty('usage.completion_tokens_details.reasoning_tokens', 5);
    const answer = finishBuffered(start('messages', message, target), head, body);
    expect(answer.usage).toMatchObject({ reasoningTokens: 5 });
    expect(jsonOf(answer.body)).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'b' });
  });

  test('at the end of a stream', () => {
    const head = testHead(200, 'application/vnd.amazon.eventstream');
    const stream = concatBytes(
      encodeEvent('messageStart', { role: 'assistant' }),
      encodeEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x' } }),
      encodeEvent('contentBlockStop', { contentBlockIndex: 0 }),
      encodeEvent('messageStop', { stopReason: 'stop_sequence', additionalModelResponseFields }),
      encodeEvent('metadata', { usage }),
    );
    const asked = { ...chat, stream: true, stream_options: { include_usage: true } };
    const completion = runStream(start('chatCompletions', asked), head, [stream]);
    expect(completion.usage).toMatchObject({ outputTokens: 8, reasoningTokens: 5 });
    expect(completion.text).toContain('"completion_tokens_details":{"reasoning_tokens":5}');
    const answer = runStream(start('messages', { ...message, stream: true }, target), head, [stream]);
    expect(answer.usage).toMatchObject({ reasoningTokens: 5 });
    expect(answer.text).toContain('"stop_reason":"stop_sequence","stop_sequence":"b"');
  });
});
