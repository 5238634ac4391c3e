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

const nova = 'us.amazon.nova-pro-v1:0';
const hi = { role: 'user', content: 'hi' };

function create(body: object, model = nova): Translator {
  const request = testRequest('countTokens', { model, messages: [hi], ...body });
  return createTranslator(request, testTarget('AWSBedrock'), testContext);
}

describe('CountTokens for models other than Claude', () => {
  test('counts the request that Converse would get, of the model itself [A100]', () => {
    const tools = [{ name: 'f', input_schema: { type: 'object' } }];
    const sent = create({ system: 'a', tools, top_k: 5, temperature: 0.5 }).request();
    expect(sent.path).toBe('/model/amazon.nova-pro-v1:0/count-tokens');
    expect(jsonOf(sent.body)).toEqual({
      input: {
        converse: {
          messages: [{ role: 'user', content: [{ text: 'hi' }] }],
          system: [{ text: 'a' }],
          toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] },
          additionalModelRequestFields: { inferenceConfig: { topK: 5 } },
        },
      },
    });
    expect(jsonOf(create({}).request().body)).toEqual({
      input: { converse: { messages: [{ role: 'user', content: [{ text: 'hi' }] }] } },
    });
  });

  test('Claude is counted in its own form', () => {
    const sent = create({}, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0').request();
    expect(jsonOf(sent.body)).toHaveProperty('input.invokeModel.body');
  });

  test('a profile that hides its model is a 404', () => {
    const arn = 'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc';
    expect(() => create({}, arn).request()).toThrow(expect.objectContaining({ code: 'not_found' }) as Error);
  });

  test('the count, and errors, come in Anthropic’s words [A100]', () => {
    const answer = finishBuffered(create({}), testHead(200, 'application/json'), '{"inputTokens":9}');
    expect(jsonOf(answer.body)).toEqual({ input_tokens: 9 });
    expect(answer.usage).toBeUndefined();
    const refused = finishBuffered(create({}), testHead(400, 'application/json'), '{"message":"no"}');
    expect(jsonOf(refused.body)).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'no' },
    });
  });
});
