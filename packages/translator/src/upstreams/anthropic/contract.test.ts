import { describeTranslator } from '../../testing/describe-translator.ts';
import { testHead, testRequest, testTarget } from '../../testing/run-translator.ts';

const utf8 = new TextEncoder();
const event = (data: { type: string; [key: string]: unknown }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const json = testHead(200, 'application/json');
const sse = testHead(200, 'text/event-stream');
const target = testTarget('Anthropic');
const ask = { model: 'claude-sonnet-4-5', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  stop_reason: null,
};
const begin =
  event({
    type: 'message_start',
    message: { ...message, content: [], usage: { input_tokens: 3, output_tokens: 1 } },
  }) +
  event({ type: 'ping' }) +
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'h😀' } });
const end =
  event({ type: 'content_block_stop', index: 0 }) +
  event({
    type: 'message_delta',
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 2 },
  }) +
  event({ type: 'message_stop' });
const failure = event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });

for (const endpoint of ['messages', 'chatCompletions'] as const) {
  describeTranslator(`${endpoint} to Anthropic`, {
    request: testRequest(endpoint, ask),
    target,
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
      head: sse,
      complete: utf8.encode(begin + end),
      failing: utf8.encode(begin + failure),
      incompleteBefore: utf8.encode(begin).length,
    },
  });
}
