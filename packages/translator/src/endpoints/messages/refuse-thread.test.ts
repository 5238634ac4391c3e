import { localError } from '../../local-error.ts';
import { createTranslator } from '../../registry.ts';
import { testContext, testRequest, testTarget } from '../../testing/run-translator.ts';

const request = (thread: unknown) =>
  testRequest('messages', {
    model: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'hi' }],
    thread,
  });

test.each(['AWSAnthropic', 'AWSBedrock', 'OpenAI'] as const)(
  '%s has no threads: the refusal is the one that makes SDKs send the whole conversation',
  (schema) => {
    for (const thread of [{ type: 'create' }, { type: 'continue', previous_message_id: 'msg_1' }]) {
      let refusal: unknown;
      try {
        createTranslator(request(thread), testTarget(schema), testContext);
      } catch (error) {
        refusal = error;
      }
      const { status, body } = localError('anthropic', refusal, 'r');
      expect([status, JSON.parse(body)]).toEqual([
        400,
        {
          type: 'error',
          error: {
            type: 'invalid_request_error',
            message: expect.stringContaining('thread is not supported'),
            details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
          },
          request_id: 'r',
        },
      ]);
    }
  },
);

test('no thread is no reason, and Anthropic has its own', () => {
  for (const schema of ['AWSAnthropic', 'AWSBedrock', 'OpenAI'] as const)
    expect(createTranslator(request(null), testTarget(schema), testContext).request().path).toMatch(/^\//);
  const { body } = createTranslator(
    request({ type: 'create' }),
    testTarget('Anthropic'),
    testContext,
  ).request();
  expect(body).toBeUndefined();
});
