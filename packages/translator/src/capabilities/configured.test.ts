import type { ModelCapabilityOverride } from '@aigw/api-types';
import { capabilitiesOf, isClaude } from './capabilities-of.ts';
import { judgedId } from './configured.ts';
import type { ModelCapabilities } from './model-capabilities.ts';
import { openAiCapabilitiesOf } from './openai-models.ts';

const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3';
const bedrock = { schema: { name: 'AWSBedrock' } } as const;
const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

const of = (model: string, ...modelCapabilities: ModelCapabilityOverride[]): ModelCapabilities =>
  capabilitiesOf({ ...bedrock, modelCapabilities }, model);

describe('which entry counts', () => {
  test.each<[string, string, boolean]>([
    [arn, arn, true],
    [arn.slice(0, -1), arn, false],
    ['arn:aws:bedrock:*', arn, true],
    ['*', 'anything', true],
    ['anthropic.claude-sonnet-4-5*', sonnet45, true],
    ['us.anthropic.claude-sonnet-4-5*', sonnet45, true],
    ['eu.anthropic.claude-sonnet-4-5*', sonnet45, false],
    ['amazon.nova-pro-v1:0', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', true],
  ])('%s and the model %s: %s', (match, model, isTaken) => {
    expect(of(model, { match, defaultMaxTokens: 7 }).defaultMaxTokens === 7).toBe(isTaken);
  });

  test('the first that matches, alone', () => {
    const { defaultMaxTokens, cachePoint } = of(
      arn,
      { match: 'arn:*', defaultMaxTokens: 1 },
      { match: arn, defaultMaxTokens: 2, cachePoint: true },
    );
    expect([defaultMaxTokens, cachePoint]).toEqual([1, false]);
  });
});

test('a model that is the same as another is judged as that one, in everything', () => {
  const { modelCapabilities } = { modelCapabilities: [{ match: arn, sameAs: sonnet45 }] };
  expect(of(arn, ...modelCapabilities)).toEqual({
    ...of(sonnet45),
    invokeModel: { match: arn, sameAs: sonnet45 },
  });
  expect(isClaude({ ...bedrock, modelFamily: 'nova', modelCapabilities }, arn)).toBe(true);
  expect(judgedId({ modelCapabilities }, arn)).toBe('anthropic.claude-sonnet-4-5-20250929-v1:0');
});

test('the family of the model wins over that of the backend', () => {
  const modelCapabilities: ModelCapabilityOverride[] = [{ match: 'arn:*', family: 'nova' }];
  const target = { ...bedrock, modelFamily: 'claude', modelCapabilities } as const;
  expect(capabilitiesOf(target, arn).family).toBe('nova');
  expect(capabilitiesOf(target, 'other-arn').family).toBe('claude');
});

test('every field that configuration gives is the one that counts', () => {
  const entry = {
    match: '*',
    efforts: ['high', 'max'],
    acceptsThinking: true,
    acceptsEffort: true,
    structuredOutput: 'native',
    toolChoice: ['any'],
    strictTools: true,
    cachePoint: true,
    cacheTtl1h: true,
    topK: 'top_k',
    defaultMaxTokens: 9,
  } satisfies ModelCapabilityOverride;
  const { match: _match, ...given } = entry;
  expect(of('who.knows', entry)).toMatchObject(given);
  expect(of('who.knows', { match: '*', sampling: { maxTemperature: 2 } }).sampling).toEqual({
    accepted: true,
    combined: true,
    maxTemperature: 2,
  });
});

test.each<[ModelCapabilityOverride['reasoning'] & string, Partial<ModelCapabilities>]>([
  [
    'thinking-adaptive',
    { efforts: ['low', 'medium', 'high', 'max'], acceptsThinking: true, acceptsEffort: true },
  ],
  ['thinking-budget', { acceptsThinking: true, acceptsEffort: false }],
  ['nova-reasoning-config', { efforts: ['low', 'medium', 'high'], acceptsThinking: false }],
  ['none', { efforts: [], acceptsThinking: false, acceptsEffort: false }],
])('%s says by itself what may be asked', (reasoning, implied) => {
  expect(of(sonnet45, { match: '*', reasoning })).toMatchObject({ reasoning, ...implied });
  const given = of(sonnet45, { match: '*', reasoning, efforts: ['max'], acceptsEffort: true });
  expect(given).toMatchObject({ efforts: ['max'], acceptsEffort: true });
});

test.each<[string, Omit<ModelCapabilityOverride, 'match'> | undefined, readonly string[]]>([
  ['gpt-4o', undefined, []],
  ['gpt-4o', { sameAs: 'gpt-5' }, ['low', 'medium', 'high']],
  ['gpt-4o', { reasoning: 'reasoning-effort', efforts: ['minimal', 'low'] }, ['minimal', 'low']],
  ['gpt-5', { reasoning: 'none' }, []],
  ['house', { family: 'gpt-oss' }, ['low', 'medium', 'high']],
  ['gpt-5', { family: 'other' }, []],
  ['gpt-5', { maxTokensField: 'max_tokens' }, ['low', 'medium', 'high']],
])('on OpenAI’s API, %s with %j takes the efforts %j', (model, entry, efforts) => {
  const modelCapabilities = entry && [{ match: '*', ...entry }];
  expect(openAiCapabilitiesOf({ ...(modelCapabilities && { modelCapabilities }) }, model).efforts).toEqual(
    efforts,
  );
});
