import { baseModelId, claudeVersion } from './model-id.ts';

describe('baseModelId', () => {
  test.each([
    ['anthropic.claude-3-haiku-20240307-v1:0', 'anthropic.claude-3-haiku-20240307-v1:0'],
    ['us.anthropic.claude-3-haiku-20240307-v1:0', 'anthropic.claude-3-haiku-20240307-v1:0'],
    ['apac.amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
    ['us-gov.anthropic.claude-v2', 'anthropic.claude-v2'],
    ['us.claude', 'us.claude'],
    ['ai21.jamba-1-5-mini-v1:0', 'ai21.jamba-1-5-mini-v1:0'],
    [
      'arn:aws:bedrock:eu-west-1::foundation-model/meta.llama3-8b-instruct-v1:0',
      'meta.llama3-8b-instruct-v1:0',
    ],
    ['arn:aws:bedrock:eu-west-1:1:inference-profile/eu.meta.llama3-8b-v1:0', 'meta.llama3-8b-v1:0'],
    [
      'arn:aws:bedrock:eu-west-1:1:provisioned-model/abc',
      'arn:aws:bedrock:eu-west-1:1:provisioned-model/abc',
    ],
  ])('%s is %s', (model, base) => {
    expect(baseModelId(model)).toBe(base);
  });
});

describe('claudeVersion', () => {
  test.each([
    ['anthropic.claude-v2:1', '', 2, 0],
    ['anthropic.claude-instant-v1', 'instant', 1, 0],
    ['claude-2.1', '', 2, 1],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'sonnet', 3, 5],
    ['claude-3-opus-latest', 'opus', 3, 0],
    ['anthropic.claude-sonnet-4-20250514-v1:0', 'sonnet', 4, 0],
    ['claude-opus-4-1-20250805', 'opus', 4, 1],
    ['claude-opus-4-6-v1', 'opus', 4, 6],
    ['claude-sonnet-4.5', 'sonnet', 4, 5],
    ['claude-opus-12-10', 'opus', 12, 10],
  ])('%s', (id, tier, major, minor) => {
    expect(claudeVersion(id)).toEqual({ tier, major, minor });
  });

  test.each(['anthropic.claude-x', 'claude', 'amazon.nova-2-lite-v1:0', 'claude-20250514'])(
    '%s has none',
    (id) => {
      expect(claudeVersion(id)).toBeUndefined();
    },
  );
});
