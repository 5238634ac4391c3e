import { describeTranslator } from '../../../testing/describe-translator.ts';
import { concatBytes, encodeEvent, encodeException } from '../../../testing/encode-event-stream.ts';
import { testRequest } from '../../../testing/run-translator.ts';
import {
  answerOf,
  ask,
  begin,
  converse,
  delta,
  finish,
  frames,
  json,
  metadata,
  models,
  startTool,
  stop,
} from './__fixtures__/exchange.ts';

const unfinished = [
  begin,
  delta(0, { reasoningContent: { text: 'hm 😀' } }),
  delta(0, { reasoningContent: { signature: 'S' } }),
  stop(0),
  delta(1, { reasoningContent: { redactedContent: 'QUJD' } }),
  stop(1),
  delta(2, { text: 'hé' }),
  delta(2, { text: 'llo' }),
  stop(2),
  startTool(3, 't1', 'f'),
  delta(3, { toolUse: { input: '{"a":' } }),
  startTool(4, 't2', 'g'),
  delta(4, { toolUse: { input: '{}' } }),
  delta(3, { toolUse: { input: '1}' } }),
  stop(4),
  stop(3),
];

describe.each([models.llama, models.sonnet45])('%s', (model) => {
  describeTranslator('messages on Converse', {
    request: testRequest('messages', { ...ask, model }),
    target: converse,
    unary: { head: json, body: new TextEncoder().encode(JSON.stringify(answerOf([{ text: 'ok' }]))) },
    stream: {
      request: testRequest('messages', { ...ask, model, stream: true }),
      head: frames,
      complete: concatBytes(
        ...unfinished,
        finish('tool_use'),
        metadata,
        encodeEvent('metadata', { serviceTier: { type: 'flex' } }),
      ),
      failing: concatBytes(
        begin,
        delta(0, { text: 'he' }),
        encodeException('throttlingException', { message: 'slow down' }),
        delta(0, { text: 'lost' }),
      ),
      incompleteBefore: concatBytes(...unfinished).length,
    },
  });
});
