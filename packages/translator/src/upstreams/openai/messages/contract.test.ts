import { describeTranslator } from '../../../testing/describe-translator.ts';
import { testHead, testRequest, testTarget } from '../../../testing/run-translator.ts';

const utf8 = new TextEncoder();
const ask = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
const chunk = (more: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'served', ...more })}\r\n\r\n`;
const choice = (delta: object, reason: string | null = null): string =>
  chunk({ choices: [{ index: 0, delta, finish_reason: reason }] });
const call = (index: number, args: string, more: object = {}): object => ({
  tool_calls: [{ index, ...more, function: { arguments: args, ...('id' in more && { name: `f${index}` }) } }],
});
const begin = [
  choice({ role: 'assistant', content: '' }),
  choice({ reasoning_content: 'hm' }),
  choice({ content: 'h😀' }),
  choice(call(0, '', { id: 'a' })),
  choice(call(1, '{"b":', { id: 'b' })),
  choice(call(0, '{"a":"}"}')),
  choice(call(1, '1}')),
].join('');
const end = choice({}, 'tool_calls');
const failure = `data: ${JSON.stringify({ error: { message: 'slow', type: 'rate_limit_error', code: null } })}\n\n`;

describeTranslator('messages to a server of chat completions', {
  request: testRequest('messages', ask),
  target: testTarget('OpenAI'),
  unary: {
    head: testHead(200, 'application/json'),
    body: utf8.encode(
      JSON.stringify({
        id: 'chatcmpl-1',
        model: 'served',
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'ok' } }],
        usage,
      }),
    ),
  },
  stream: {
    request: testRequest('messages', { ...ask, stream: true }),
    head: testHead(200, 'text/event-stream'),
    complete: utf8.encode(`${begin}${end}${chunk({ choices: [], usage })}data: [DONE]\n\n`),
    failing: utf8.encode(begin + failure + end),
    incompleteBefore: utf8.encode(begin).length,
  },
});
