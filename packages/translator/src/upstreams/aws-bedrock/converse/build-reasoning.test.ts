import {
  assistant,
  buildConverse,
  call,
  hi,
  models,
  result,
  tool,
  warningsOf,
} from '../../../testing/converse.ts';
import { testTarget } from '../../../testing/run-translator.ts';

const reject = testTarget('AWSBedrock', { unsupportedFields: 'Reject' });

describe('reasoning', () => {
  test.each([
    [models.sonnet37, 'high', { thinking: { type: 'enabled', budget_tokens: 4096 } }],
    [models.sonnet37, 'minimal', { thinking: { type: 'enabled', budget_tokens: 1024 } }],
    [models.opus46, 'high', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }],
    [models.opus46, 'minimal', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }],
    ['amazon.nova-2-lite-v1:0', 'high', { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } }],
    ['openai.gpt-oss-120b-1:0', 'low', { reasoning_effort: 'low' }],
    ['openai.gpt-5-v1:0', 'low', { reasoning: { effort: 'low' } }],
    ['deepseek.v3-v1:0', 'low', { reasoning_effort: 'low' }],
    ['deepseek.r1-v1:0', 'low', undefined],
    ['zai.glm-4-v1:0', 'low', { reasoning_config: 'low' }],
    [models.sonnet35, 'low', undefined],
    [models.sonnet37, 'none', undefined],
    [models.opus46, 'none', undefined],
  ])('%s at effort %s [A38]', (model, effort, expected) => {
    expect(buildConverse({ model, reasoning_effort: effort }).additionalModelRequestFields).toEqual(expected);
  });

  const thinking = { type: 'enabled', budget_tokens: 2000 };

  test('a budget has its least, and room for the answer [A39]', () => {
    const low = buildConverse({ model: models.sonnet37, thinking: { type: 'enabled', budget_tokens: 100 } });
    expect(low.additionalModelRequestFields['thinking']).toEqual({ type: 'enabled', budget_tokens: 1024 });
    expect(low.inferenceConfig).toEqual({ maxTokens: 5120 });
    expect(buildConverse({ model: models.sonnet37, thinking, max_tokens: 1000 }).inferenceConfig).toEqual({
      maxTokens: 3000,
    });
    expect(buildConverse({ model: models.sonnet37, thinking, max_tokens: 9000 }).inferenceConfig).toEqual({
      maxTokens: 9000,
    });
  });

  test('thinking takes no sampling and no forced tool [A39]', () => {
    const body = buildConverse({
      model: models.sonnet37,
      thinking,
      temperature: 0.5,
      top_p: 0.5,
      top_k: 5,
      tools: [tool('f')],
      tool_choice: 'required',
    });
    expect(body.inferenceConfig).toEqual({ maxTokens: 6096 });
    expect(body.additionalModelRequestFields).toEqual({ thinking });
    expect(body.toolConfig.toolChoice).toEqual({ auto: {} });
  });

  test('a model without thinking does without, or refuses where the backend is to', () => {
    expect(buildConverse({ model: models.sonnet35, thinking, max_tokens: 1000 })).toEqual({
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
      inferenceConfig: { maxTokens: 1000 },
    });
    expect(warningsOf({ model: models.sonnet35, thinking })).toEqual([['thinking', 'dropped']]);
    expect(() => buildConverse({ model: models.sonnet35, thinking }, reject)).toThrow(
      'thinking is not supported: model has no thinking',
    );
  });

  const budget = { model: models.sonnet37, reasoning_effort: 'high' };
  const signed = [{ type: 'thinking', thinking: 'hm', signature: 'S' }];

  test.each<[string, object[]]>([
    ['a call without its thinking', [hi, assistant(call('1')), result('1')]],
    [
      'unsigned thinking',
      [hi, { ...assistant(call('1')), thinking_blocks: [{ type: 'thinking', thinking: 'x' }] }, result('1')],
    ],
    [
      'a loop that began with thinking and lost it',
      [
        hi,
        { ...assistant(call('1')), thinking_blocks: signed },
        result('1'),
        assistant(call('2')),
        result('2'),
      ],
    ],
  ])('a budget is left out when the result of a tool follows %s', (_, messages) => {
    const byEffort = buildConverse({ ...budget, messages, temperature: 0.5 });
    expect(byEffort).not.toHaveProperty('additionalModelRequestFields');
    expect(byEffort.inferenceConfig).toEqual({ temperature: 0.5 });
    expect(warningsOf({ ...budget, messages })).toContainEqual(['reasoning_effort', 'dropped']);
    expect(warningsOf({ model: models.sonnet37, thinking, messages })).toContainEqual([
      'thinking',
      'dropped',
    ]);
  });

  test.each<[string, string, object[]]>([
    [
      'signed thinking',
      models.sonnet37,
      [hi, { ...assistant(call('1')), thinking_blocks: signed }, result('1')],
    ],
    [
      'redacted thinking',
      models.sonnet37,
      [
        hi,
        { ...assistant(call('1')), thinking_blocks: [{ type: 'redacted_thinking', data: 'x' }] },
        result('1'),
      ],
    ],
    [
      'a loop that is over',
      models.sonnet37,
      [hi, assistant(call('1')), result('1'), { role: 'assistant', content: 'ok' }, hi],
    ],
    ['adaptive thinking', models.opus46, [hi, assistant(call('1')), result('1')]],
  ])('it stays with %s', (_, model, messages) => {
    const body = buildConverse({ ...budget, model, messages });
    expect(body.additionalModelRequestFields).toHaveProperty('thinking');
    expect(warningsOf({ ...budget, model, messages })).toEqual([]);
  });
});
