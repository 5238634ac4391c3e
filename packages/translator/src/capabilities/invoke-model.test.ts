import { invokeModelBeta } from './invoke-model.ts';

const claude35 = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const claude37 = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0';
const claude45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const claude46 = 'global.anthropic.claude-opus-4-6-v1';
const unknown = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3';

describe('invokeModelBeta', () => {
  test.each([
    ['computer-use-2024-10-22', [true, false, false, false, true]],
    ['output-128k-2025-02-19', [false, true, false, false, true]],
    ['interleaved-thinking-2025-05-14', [false, false, true, false, true]],
    ['context-1m-2025-08-07', [false, false, true, true, true]],
    ['context-management-2025-06-27', [false, false, true, true, true]],
    ['structured-outputs-2025-11-13', [false, false, true, true, true]],
    ['compact-2026-01-12', [false, false, false, true, true]],
    ['mid-conversation-system-2026-07-01', [false, false, false, false, true]],
    ['claude-code-20250219', [false, false, false, false, false]],
    ['oauth-2025-04-20', [false, false, false, false, false]],
    ['made-up', [false, false, false, false, false]],
    ['', [false, false, false, false, false]],
  ])('%s', (beta, taken) => {
    expect(
      [claude35, claude37, claude45, claude46, unknown].map((model) => invokeModelBeta(model, beta) === beta),
    ).toEqual(taken);
  });

  test('an alias is answered with the name that Bedrock knows', () => {
    expect(invokeModelBeta(claude45, 'advanced-tool-use-2025-11-20')).toBe('tool-search-tool-2025-10-19');
    expect(invokeModelBeta(claude35, 'advanced-tool-use-2025-11-20')).toBeUndefined();
  });
});
