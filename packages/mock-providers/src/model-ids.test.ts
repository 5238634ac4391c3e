import { anthropicModelName, foundationModelId, isInferenceProfile, modelTraits } from './model-ids.ts';

const application = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3';
const profile =
  'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0';

test.each([
  ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet-20241022'],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
  ['anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
  ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
  ['constructor', 'constructor'],
  [profile, 'claude-3-5-sonnet-20241022'],
  [application, 'claude-sonnet-4-5-20250929'],
])('%s is named %s', (id, name) => {
  expect(anthropicModelName(id)).toBe(name);
});

test.each([
  ['anthropic.claude-3-5-sonnet-20241022-v2:0', true, false, true, false],
  ['us.anthropic.claude-3-7-sonnet-20250219-v1:0', true, true, true, false],
  ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', true, true, true, true],
  ['anthropic.claude-instant-v1', true, false, true, false],
  ['claude-opus-4-1', true, true, true, true],
  ['us.amazon.nova-pro-v1:0', false, false, true, false],
  ['us.meta.llama3-2-1b-instruct-v1:0', false, false, false, false],
  [profile, true, false, true, false],
  [application, true, true, true, true],
  ['arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-8b-instruct-v1:0', false, false, false, false],
])('traits of %s', (...row) => {
  const [id, isClaude, canThink, canCache, canCacheForHour] = row;
  expect(modelTraits(id)).toEqual({ isClaude, canThink, canCache, canCacheForHour });
});

test('inference profiles', () => {
  expect(['us.a.b', 'apac.a.b', profile, application].every(isInferenceProfile)).toBe(true);
  expect(['anthropic.claude', 'usa.b'].some(isInferenceProfile)).toBe(false);
  expect(foundationModelId('eu.amazon.nova-lite-v1:0')).toBe('amazon.nova-lite-v1:0');
});
