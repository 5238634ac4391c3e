import { describeTranslator } from '../../testing/describe-translator.ts';
import { concatBytes, encodeEvent, encodeException } from '../../testing/encode-event-stream.ts';
import { testHead, testRequest, testTarget } from '../../testing/run-translator.ts';
import { encodeBase64 } from '../../wire/base64.ts';

const utf8 = new TextEncoder();
const chunk = (event: object): Uint8Array =>
  encodeEvent('chunk', { bytes: encodeBase64(utf8.encode(JSON.stringify(event))), p: 'abc' });
const json = testHead(200, 'application/json');
const frames = testHead(200, 'application/vnd.amazon.eventstream');
const ask = {
  model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  max_tokens: 9,
  messages: [{ role: 'user', content: 'hi' }],
};

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  stop_reason: null,
};
const begin = concatBytes(
  chunk({
    type: 'message_start',
    message: { ...message, content: [], usage: { input_tokens: 3, output_tokens: 1 } },
  }),
  chunk({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  chunk({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'h😀' } }),
);
const end = concatBytes(
  chunk({ type: 'content_block_stop', index: 0 }),
  chunk({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 2 },
  }),
  chunk({ type: 'message_stop' }),
);

for (const endpoint of ['messages', 'chatCompletions'] as const) {
  describeTranslator(`${endpoint} to Claude on Bedrock`, {
    request: testRequest(endpoint, ask),
    target: testTarget('AWSAnthropic'),
    unary: {
      head: json,
      body: utf8.encode(
        JSON.stringify({
          ...message,
          stop_reason: 'end_turn',
          content: [{ type: 'text', text: 'ok' }],
          usage: { input_tokens: 3, output_tokens: 2 },
        }),
      ),
    },
    stream: {
      request: testRequest(endpoint, { ...ask, stream: true }),
      head: frames,
      complete: concatBytes(begin, end),
      failing: concatBytes(begin, encodeException('throttlingException', { message: 'slow' }), end),
      incompleteBefore: begin.length,
    },
  });
}
