import type { ModelCapabilityOverride } from '@aigw/api-types';
import { capabilitiesOf } from './capabilities-of.ts';
import { invokeModelBeta as betaOf, isInvokeModelField } from './invoke-model.ts';
import type { ModelCapabilities } from './model-capabilities.ts';

const claude35 = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const claude37 = 'us.anthropic.claude-3-7-sonnet-20250219-v1:0';
const claude45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const claude46 = 'global.anthropic.claude-opus-4-6-v1';
const unknown = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3';

function of(model: string, entry?: Omit<ModelCapabilityOverride, 'match'>): ModelCapabilities {
  const schema = { name: 'AWSAnthropic' } as const;
  return capabilitiesOf({ schema, ...(entry && { modelCapabilities: [{ match: '*', ...entry }] }) }, model);
}
const invokeModelBeta = (model: string, beta: string): string | undefined => betaOf(of(model), beta);

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

  test('configuration has the last word', () => {
    const added = of(claude35, { extraBetas: ['made-up', 'advanced-tool-use-2025-11-20'] });
    expect(betaOf(added, 'made-up')).toBe('made-up');
    expect(betaOf(added, 'advanced-tool-use-2025-11-20')).toBe('advanced-tool-use-2025-11-20');
    expect(betaOf(added, 'other')).toBeUndefined();
    const aliased = of(claude35, { extraBetas: ['tool-search-tool-2025-10-19'] });
    expect(betaOf(aliased, 'advanced-tool-use-2025-11-20')).toBe('tool-search-tool-2025-10-19');
    const refused = of(claude45, { refusedBetas: ['context-1m-2025-08-07'] });
    expect(betaOf(refused, 'context-1m-2025-08-07')).toBeUndefined();
    expect(betaOf(refused, 'context-management-2025-06-27')).toBe('context-management-2025-06-27');
  });

  test('a name that hides its model has the betas of the one that it is the same as', () => {
    expect(betaOf(of(unknown, { sameAs: claude35 }), 'context-management-2025-06-27')).toBeUndefined();
    expect(betaOf(of(unknown, { sameAs: claude45 }), 'context-management-2025-06-27')).toBeDefined();
  });
});

test('configuration adds top-level fields', () => {
  expect(isInvokeModelField(of(claude45), 'speed')).toBe(false);
  expect(isInvokeModelField(of(claude45, { extraBodyFields: ['speed'] }), 'speed')).toBe(true);
  expect(isInvokeModelField(of(claude45, { extraBodyFields: ['speed'] }), 'messages')).toBe(true);
});
