import { buildConverse, warningsOf } from '../../../testing/converse.ts';
import { testTarget } from '../../../testing/run-translator.ts';

const reject = testTarget('AWSBedrock', { unsupportedFields: 'Reject' });

describe('other fields', () => {
  test.each([
    ['auto', undefined],
    ['default', { type: 'default' }],
    ['flex', { type: 'flex' }],
    ['priority', { type: 'priority' }],
    ['scale', { type: 'priority' }],
    ['economy', undefined],
  ])('service tier %s [A40]', (tier, expected) => {
    expect(buildConverse({ service_tier: tier }).serviceTier).toEqual(expected);
  });

  test('metadata within the limits of Bedrock [A41]', () => {
    expect(buildConverse({ metadata: { a: 'b' } }).requestMetadata).toEqual({ a: 'b' });
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v']));
    expect(Object.keys(buildConverse({ metadata: many }).requestMetadata)).toHaveLength(16);
    expect(warningsOf({ metadata: { ü: 'x', b: 5 } })).toEqual([
      ['metadata.ü', 'dropped'],
      ['metadata.b', 'dropped'],
    ]);
    expect(() => buildConverse({ metadata: many }, reject)).toThrow(/metadata\.k16/);
  });

  test('fields of Converse by their own names', () => {
    const guardrailConfig = { guardrailIdentifier: 'g', guardrailVersion: '1' };
    expect(buildConverse({ guardrailConfig, additionalModelRequestFields: { top_k: 7 } })).toMatchObject({
      guardrailConfig,
      additionalModelRequestFields: { top_k: 7 },
    });
  });

  test.each([
    ['seed', 1],
    ['user', 'u'],
    ['logit_bias', {}],
    ['prediction', {}],
    ['web_search_options', {}],
    ['frequency_penalty', 0.5],
    ['made_up', []],
  ])('%s is dropped, never silently', (name, value) => {
    expect(warningsOf({ [name]: value })).toEqual([[name, 'dropped']]);
    expect(() => buildConverse({ [name]: value }, reject)).toThrow(`${name} is not supported`);
  });

  test.each([
    [{ n: 2 }, /^n is not supported/],
    [{ logprobs: true }, /^logprobs is not supported/],
    [{ audio: {} }, /^audio is not supported/],
    [{ modalities: ['text', 'audio'] }, /^modalities is not supported/],
  ])('%j would mean another answer, and is refused [A35]', (more, message) => {
    expect(() => buildConverse(more)).toThrow(message);
  });

  test('harmless values of the same are taken [A35]', () => {
    expect(warningsOf({ n: 1, logprobs: false, modalities: ['text'], seed: null })).toEqual([]);
  });
});
