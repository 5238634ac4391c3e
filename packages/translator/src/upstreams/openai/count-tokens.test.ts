import { createTranslator } from '../../registry.ts';
import {
  finishBuffered,
  jsonOf,
  testContext,
  testHead,
  testRequest,
  testTarget,
} from '../../testing/run-translator.ts';
import type { Translator } from '../../translator.ts';

const start = (body: object): Translator =>
  createTranslator(testRequest('countTokens', body), testTarget('OpenAI'), testContext);

test('tokens are estimated by the gateway, which says so', () => {
  const answer = start({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }).answer?.();
  expect(answer?.headers).toEqual([
    ['content-type', 'application/json'],
    ['x-ai-eg-token-count', 'estimated'],
  ]);
  const { input_tokens } = jsonOf(answer?.body) as { input_tokens: number };
  expect(input_tokens).toBeGreaterThan(8);
  expect(Number.isInteger(input_tokens)).toBe(true);
});

test.each([[{ model: 'm' }], [{ model: 'm', messages: [] }], [{ model: 'm', messages: 'hi' }]])(
  '%j is refused, not counted',
  (body) => {
    expect(() => start(body).answer?.()).toThrow('messages is missing or empty');
  },
);

test('there is nothing to send', () => {
  const translator = start({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  expect(() => translator.request()).toThrow('nothing to send');
  expect(finishBuffered(translator, testHead(200), '{}').failure).toMatchObject({
    code: 'unsupported_endpoint',
  });
});
