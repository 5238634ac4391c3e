import { TranslationError } from '../../errors.ts';
import {
  finishBuffered,
  jsonOf,
  testContext,
  testHead,
  testRequest,
  testTarget,
} from '../../testing/run-translator.ts';
import { createInvokeModelCountTokens } from './count-tokens.ts';

const messages = [{ role: 'user', content: 'hi' }];

function create(body: object, headers: Record<string, string> = {}) {
  const request = testRequest('countTokens', body, { headers });
  return createInvokeModelCountTokens(request, testTarget('AWSAnthropic'), testContext);
}

/** The body that Bedrock would count. */
function counted(sent: Uint8Array | undefined): unknown {
  const wrapper = jsonOf(sent) as { input: { invokeModel: { body: string } } };
  return JSON.parse(Buffer.from(wrapper.input.invokeModel.body, 'base64').toString('utf8'));
}

describe('CountTokens for Claude on Bedrock', () => {
  test('asks about the model itself, with a body that InvokeModel would take [A99]', () => {
    const body = { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', messages, container: 'c' };
    const sent = create(body, { 'anthropic-beta': 'context-1m-2025-08-07' }).request();
    expect(sent.path).toBe('/model/anthropic.claude-sonnet-4-5-20250929-v1:0/count-tokens');
    expect(counted(sent.body)).toEqual({
      messages,
      max_tokens: 1,
      anthropic_version: 'bedrock-2023-05-31',
      anthropic_beta: ['context-1m-2025-08-07'],
    });
    expect(sent.warnings).toMatchObject([{ path: 'container' }]);
  });

  test('a limit that is null is no limit', () => {
    const sent = create({ model: 'anthropic.claude-x', max_tokens: null, messages }).request();
    expect(counted(sent.body)).toMatchObject({ max_tokens: 1 });
  });

  test.each([
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', { type: 'enabled', budget_tokens: 5000 }, 5001],
    ['anthropic.claude-opus-4-6-v1', { type: 'adaptive' }, 1],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', { type: 'enabled', budget_tokens: 5000 }, 1],
  ])('a missing limit leaves room for the thinking that %s has', (model, thinking, limit) => {
    const sent = create({ model, messages, thinking }).request();
    expect(counted(sent.body)).toMatchObject({ max_tokens: limit });
  });

  test('text beyond ASCII survives', () => {
    const spoken = [{ role: 'user', content: 'héllo 🌍' }];
    const sent = create({ model: 'anthropic.claude-x', max_tokens: 5, messages: spoken }).request();
    expect(counted(sent.body)).toMatchObject({ messages: spoken, max_tokens: 5 });
  });

  test.each([
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1', 'anthropic.claude-v2:1'],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-v2:1', 'anthropic.claude-v2:1'],
  ])('%s says its model', (model, id) => {
    expect(create({ model, messages }).request().path).toBe(`/model/${id}/count-tokens`);
  });

  test('a profile that hides its model is a 404 [A99]', () => {
    const model = 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc';
    let thrown: unknown;
    try {
      create({ model, messages }).request();
    } catch (error) {
      thrown = error;
    }
    expect(TranslationError.is(thrown) && thrown.code).toBe('not_found');
  });

  test('the count comes back in Anthropic’s words [A99]', () => {
    const answer = finishBuffered(
      create({ model: 'anthropic.claude-x', messages }),
      testHead(200, 'application/json'),
      '{"inputTokens":9}',
    );
    expect(jsonOf(answer.body)).toEqual({ input_tokens: 9 });
    expect(answer.usage).toBeUndefined();
  });

  test.each([
    [400, '{"message":"The provided model doesn\'t support counting tokens."}', 400, 'invalid_request_error'],
    [404, '{"message":"no such model"}', 404, 'not_found_error'],
    [200, '{}', 502, 'api_error'],
  ])('errors come in Anthropic’s envelope (%i) [A99]', (status, text, want, type) => {
    const answer = finishBuffered(
      create({ model: 'm', messages }),
      testHead(status, 'application/json'),
      text,
    );
    expect(answer.status ?? status).toBe(want);
    expect(jsonOf(answer.body)).toMatchObject({ type: 'error', error: { type } });
  });
});
