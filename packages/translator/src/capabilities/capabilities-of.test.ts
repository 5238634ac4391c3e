import { capabilitiesOf, isClaude, mapEffort, thinkingBudget } from './index.ts';
import type { CapabilityTarget } from './index.ts';

const bedrock: CapabilityTarget = { schema: { name: 'AWSBedrock' } };
const awsAnthropic: CapabilityTarget = { schema: { name: 'AWSAnthropic' } };
const anthropic: CapabilityTarget = { schema: { name: 'Anthropic' } };

const applicationProfile = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3';

describe('capabilitiesOf', () => {
  test.each([
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude'],
    ['claude-opus-4-6', 'claude'],
    ['us-gov.anthropic.claude-3-haiku-20240307-v1:0', 'claude'],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0', 'claude'],
    ['arn:aws-us-gov:bedrock:us-gov-west-1:1:inference-profile/us-gov.amazon.nova-pro-v1:0', 'nova'],
    ['us.meta.llama3-2-1b-instruct-v1:0', 'llama'],
    ['amazon.titan-embed-text-v2:0', 'titan'],
    ['openai.gpt-oss-120b-1:0', 'gpt-oss'],
    ['us.deepseek.r1-v1:0', 'deepseek'],
    ['my-claude-nova', 'other'],
    ['claudette', 'other'],
    [applicationProfile, 'other'],
  ])('names the family of %s', (model, family) => {
    expect(capabilitiesOf(bedrock, model).family).toBe(family);
  });

  test('the hint of the backend wins over the id and the ARN', () => {
    expect(capabilitiesOf({ ...bedrock, modelFamily: 'claude' }, applicationProfile).family).toBe('claude');
    expect(capabilitiesOf({ ...awsAnthropic, modelFamily: 'nova' }, 'anthropic.claude-v2').family).toBe(
      'nova',
    );
    expect(isClaude({ ...bedrock, modelFamily: 'mistral' }, 'anthropic.claude-v2')).toBe(false);
  });

  test('what an Anthropic schema serves is Claude, unless the id says otherwise', () => {
    expect(isClaude(awsAnthropic, applicationProfile)).toBe(true);
    expect(isClaude(anthropic, 'house-model')).toBe(true);
    expect(isClaude(bedrock, applicationProfile)).toBe(false);
    expect(isClaude(awsAnthropic, 'amazon.nova-pro-v1:0')).toBe(false);
  });

  test.each([
    ['anthropic.claude-v2:1', 'none', false],
    ['anthropic.claude-3-opus-20240229-v1:0', 'none', false],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'none', false],
    ['anthropic.claude-3-7-sonnet-20250219-v1:0', 'thinking-budget', true],
    ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'thinking-budget', true],
    ['anthropic.claude-opus-4-1-20250805-v1:0', 'thinking-budget', true],
    ['claude-haiku-4-5', 'thinking-budget', true],
    ['anthropic.claude-opus-4-6-v1', 'thinking-adaptive', true],
    ['global.anthropic.claude-fable-5-v1:0', 'thinking-adaptive', true],
    ['anthropic.claude-x', 'none', true],
    [applicationProfile, 'none', true],
  ])('%s reasons by %s', (model, reasoning, acceptsThinking) => {
    expect(capabilitiesOf(awsAnthropic, model)).toMatchObject({ reasoning, acceptsThinking });
  });

  test('Claude gains features with its versions', () => {
    const of = (model: string) => capabilitiesOf(awsAnthropic, model);
    expect(of('anthropic.claude-3-opus-20240229-v1:0')).toMatchObject({
      cachePoint: false,
      cacheTtl1h: false,
    });
    expect(of('anthropic.claude-3-5-sonnet-20241022-v2:0')).toMatchObject({
      cachePoint: true,
      cacheTtl1h: false,
    });
    expect(of('anthropic.claude-sonnet-4-5-20250929-v1:0')).toMatchObject({
      cacheTtl1h: true,
      structuredOutput: 'native',
      sampling: { accepted: true, combined: false },
    });
    expect(of('anthropic.claude-opus-4-7').sampling.accepted).toBe(false);
    expect(of('anthropic.claude-2.1').toolChoice).toEqual([]);
  });

  test('native structured output is used on Bedrock only where it is reliable', () => {
    const models = ['claude-haiku-4-5', 'claude-sonnet-4-6', 'claude-opus-4-8'];
    for (const model of models) {
      expect(capabilitiesOf(anthropic, model).structuredOutput).toBe('native');
      expect(capabilitiesOf(awsAnthropic, model).structuredOutput).toBe('synthetic');
    }
  });

  test('other families', () => {
    expect(capabilitiesOf(bedrock, 'amazon.nova-2-lite-v1:0').reasoning).toBe('nova-reasoning-config');
    expect(capabilitiesOf(bedrock, 'us.amazon.nova-pro-v1:0')).toMatchObject({
      reasoning: 'none',
      cachePoint: true,
    });
    expect(capabilitiesOf(bedrock, 'deepseek.v3-v1:0').reasoning).toBe('reasoning-effort');
    expect(capabilitiesOf(bedrock, 'deepseek.r1-v1:0').reasoning).toBe('none');
    expect(capabilitiesOf(bedrock, 'openai.gpt-5.1').reasoning).toBe('reasoning-object');
    expect(capabilitiesOf(bedrock, 'meta.llama3-2-1b-instruct-v1:0').toolChoice).toEqual(['auto']);
    expect(capabilitiesOf(bedrock, 'who.knows')).toMatchObject({ family: 'other', cachePoint: false });
  });
});

describe('mapEffort', () => {
  test.each([
    ['minimal', 'low'],
    ['low', 'low'],
    ['high', 'high'],
    ['xhigh', 'high'],
    ['max', 'max'],
    ['none', undefined],
    ['enormous', undefined],
  ] as const)('%s on a model with low to high and max is %s', (wanted, mapped) => {
    expect(mapEffort(['low', 'medium', 'high', 'max'], wanted)).toBe(mapped);
  });

  test('nothing is asked of a model without efforts', () => {
    expect(mapEffort([], 'high')).toBeUndefined();
  });

  test('budgets grow with the effort', () => {
    expect((['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const).map(thinkingBudget)).toEqual([
      1024, 1024, 2048, 4096, 8192, 16_384,
    ]);
  });
});
