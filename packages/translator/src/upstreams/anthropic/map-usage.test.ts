import { parseMessageUsage } from '../../schemas/anthropic/usage.ts';
import { fillUsage, mapUsage } from './map-usage.ts';

describe('mapUsage', () => {
  test('input is fresh, read and written together; the hour’s part of the written is named', () => {
    const usage = parseMessageUsage({
      input_tokens: 3,
      cache_read_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 1 },
      output_tokens: 2,
    });
    expect(mapUsage(usage)).toEqual({
      inputTokens: 15,
      cachedInputTokens: 7,
      cacheCreationInputTokens: 5,
      cacheCreation1hInputTokens: 1,
      outputTokens: 2,
      totalTokens: 17,
    });
  });

  test('what was not said, or is no number, stays unsaid', () => {
    expect(mapUsage(parseMessageUsage({ input_tokens: null, output_tokens: '3' }))).toEqual({});
    expect(mapUsage(parseMessageUsage(undefined))).toEqual({});
  });
});

test('fillUsage prefers what is known and not zero', () => {
  expect(fillUsage({ input_tokens: 3, output_tokens: 0 }, { input_tokens: 9, output_tokens: 5 })).toEqual({
    input_tokens: 3,
    output_tokens: 5,
  });
});
