import { models, buildConverse, warningsOf } from '../../../testing/converse.ts';
import { testTarget } from '../../../testing/run-translator.ts';

describe('limits and sampling', () => {
  test.each([
    [{ max_tokens: 5, max_completion_tokens: 9 }, { maxTokens: 9 }],
    [{ max_tokens: 5 }, { maxTokens: 5 }],
    [{ stop: 'x' }, { stopSequences: ['x'] }],
    [{ stop: ['', 'x'] }, { stopSequences: ['x'] }],
    [{ stop: [''] }, undefined],
    [{ stop: [' \n', 'x'] }, { stopSequences: ['x'] }],
    [{ model: models.nova, stop: [' \n', 'x'] }, { stopSequences: [' \n', 'x'] }],
    [{ temperature: 0.2 }, { temperature: 0.2 }],
    [{ temperature: 1.5 }, { temperature: 1 }],
    [
      { model: models.nova, temperature: 0.2, top_p: 0.3 },
      { temperature: 0.2, topP: 0.3 },
    ],
    [{ temperature: 0.2, top_p: 0.3 }, { temperature: 0.2 }],
    [{ temperature: null, max_tokens: null, stop: null }, undefined],
  ])('%j becomes what Converse calls it, within its limits [A6] [A7] [A8]', (more, expected) => {
    expect(buildConverse(more).inferenceConfig).toEqual(expected);
  });

  test.each([{ max_tokens: 0 }, { max_completion_tokens: -1 }, { max_tokens: 1.5 }, { max_tokens: '5' }])(
    '%j is refused [A6]',
    (more) => {
      expect(() => buildConverse(more)).toThrow(/must be a/);
    },
  );

  test('a clamped temperature is a warning, also where unsupported fields are rejected [A8]', () => {
    expect(warningsOf({ temperature: 1.5 })).toEqual([['temperature', 'changed']]);
    const reject = testTarget('AWSBedrock', { unsupportedFields: 'Reject' });
    expect(buildConverse({ temperature: 1.5 }, reject).inferenceConfig).toEqual({ temperature: 1 });
  });

  test.each([
    [models.sonnet45, { top_k: 3 }],
    [models.nova, { inferenceConfig: { topK: 3 } }],
    [models.llama, undefined],
  ])('top_k of %s', (model, expected) => {
    expect(buildConverse({ model, top_k: 3 }).additionalModelRequestFields).toEqual(expected);
  });
});
