import { createTranslator } from '../../../registry.ts';
import { jsonOf, testContext, testRequest, testTarget } from '../../../testing/run-translator.ts';
import {
  build,
  claude35,
  claude45,
  errorOf,
  messages,
  sent,
  version,
  warningsOf,
} from './__fixtures__/requests.ts';

describe('betas', () => {
  test('header and body are merged, filtered, aliased and free of doubles [A91]', () => {
    const headers = {
      'anthropic-beta': 'context-1m-2025-08-07,advanced-tool-use-2025-11-20, oauth-2025-04-20',
    };
    const body = { anthropic_beta: ['tool-search-tool-2025-10-19', 'context-1m-2025-08-07', 'nope'] };
    expect(sent(body, { headers })).toEqual({
      max_tokens: 9,
      messages,
      ...version,
      anthropic_beta: ['context-1m-2025-08-07', 'tool-search-tool-2025-10-19'],
    });
    expect(warningsOf(body, { headers })).toEqual(['anthropic-beta dropped', 'anthropic_beta dropped']);
  });

  test('those of the body count without a header', () => {
    const anthropic_beta = ['made-up', 'context-1m-2025-08-07'];
    expect(sent({ anthropic_beta })).toMatchObject({ anthropic_beta: ['context-1m-2025-08-07'] });
  });

  test('the header may be a JSON list', () => {
    const headers = { 'anthropic-beta': '["context-1m-2025-08-07", "made-up"]' };
    expect(sent({}, { headers })).toMatchObject({ anthropic_beta: ['context-1m-2025-08-07'] });
  });

  test('a list of which nothing is left goes', () => {
    expect(sent({ anthropic_beta: ['made-up'] })).toEqual({ max_tokens: 9, messages, ...version });
  });
});

describe('fields', () => {
  test.each(['container', 'mcp_servers', 'inference_geo', 'speed', 'betas', 'cache_control', 'anything_new'])(
    '%s is dropped and named [A92]',
    (field) => {
      expect(sent({ [field]: { a: 1 } })).toEqual({ max_tokens: 9, messages, ...version });
      expect(warningsOf({ [field]: { a: 1 } })).toEqual([`${field} dropped`]);
    },
  );

  test('or refused, where the backend says so', () => {
    const target = { unsupportedFields: 'Reject' as const };
    const error = errorOf(() => sent({ container: 'c' }, { target }));
    expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'container' });
  });

  test('a guardrail keeps its headers, in both APIs', () => {
    const guardrail = {
      'x-amzn-bedrock-guardrailidentifier': 'g1',
      'x-amzn-bedrock-guardrailversion': '2',
    };
    const headers = { ...guardrail, 'x-amzn-bedrock-trace': 'ENABLED' };
    const set = { ...guardrail, 'x-amzn-bedrock-trace': 'enabled' };
    for (const endpoint of ['messages', 'chatCompletions'] as const) {
      const request = testRequest(endpoint, { model: claude45, max_tokens: 9, messages }, { headers });
      const sentHeaders = createTranslator(request, testTarget('AWSAnthropic'), testContext).request()
        .headers;
      expect(Object.fromEntries(sentHeaders.set)).toMatchObject(set);
      const half = new Map(Object.entries(headers).slice(0, 1));
      const translator = createTranslator(
        { ...request, headers: half },
        testTarget('AWSAnthropic'),
        testContext,
      );
      expect(() => translator.request()).toThrow('A guardrail needs both headers');
    }
  });

  test.each([
    ['auto', undefined],
    ['standard_only', 'default'],
    ['flex', 'flex'],
    ['priority', 'priority'],
    ['warp', undefined],
  ])('service tier %s becomes the header %s [A92]', (tier, header) => {
    const request = build({ model: claude45, max_tokens: 9, messages, service_tier: tier });
    expect(new Map(request.headers.set).get('x-amzn-bedrock-service-tier')).toBe(header);
    expect(jsonOf(request.body)).not.toHaveProperty('service_tier');
    expect(request.warnings).toHaveLength(tier === 'warp' ? 1 : 0);
  });

  test('max_tokens is required', () => {
    const error = errorOf(() => build({ model: claude45, messages }));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'max_tokens' });
  });

  test('bodies over 25,000,000 bytes are refused [A125]', () => {
    const error = errorOf(() => sent({ system: 'x'.repeat(25_000_000) }));
    expect(error.code).toBe('request_too_large');
  });

  test('thinking goes to models that have it, and is dropped for those that have not', () => {
    const thinking = { type: 'enabled', budget_tokens: 5000 };
    expect(sent({ thinking })).toMatchObject({ thinking });
    expect(
      sent({ thinking }, {}, 'arn:aws:bedrock:us-east-1:1:application-inference-profile/x'),
    ).toMatchObject({
      thinking,
    });
    const request = build({ model: claude35, max_tokens: 1000, messages, thinking });
    expect(jsonOf(request.body)).toEqual({ max_tokens: 1000, messages, ...version });
    expect(request.warnings).toEqual([
      { path: 'thinking', action: 'dropped', reason: 'model has no thinking' },
    ]);
    expect(warningsOf({ thinking: { type: 'disabled' } }, {}, claude35)).toEqual([]);
  });

  test('what a Bedrock backend sends by InvokeModel is Claude, even behind an ARN', () => {
    const thinking = { type: 'adaptive' };
    const target = { schema: { name: 'AWSBedrock' as const }, messagesVia: 'InvokeModel' as const };
    const arn = 'arn:aws:bedrock:us-east-1:1:application-inference-profile/x';
    expect(sent({ thinking }, { target }, arn)).toMatchObject({ thinking });
  });

  test('structured output is native where the model has it, else asked for in the system prompt', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    expect(sent({ output_config: { format } })).toMatchObject({ output_config: { format } });
    expect(sent({ output_format: format })).toEqual({
      max_tokens: 9,
      messages,
      ...version,
      output_config: { format },
    });
    const asked = sent({ output_config: { format }, system: 'Be brief' }, {}, claude35);
    expect(asked).toEqual({
      max_tokens: 9,
      messages,
      system: [
        { type: 'text', text: 'Be brief' },
        { type: 'text', text: expect.stringContaining('{"type":"object"}') as string },
      ],
      ...version,
    });
    expect(warningsOf({ output_config: { format } }, {}, claude35)).toEqual(['output_config.format changed']);
  });

  test('the older name of the format joins what else is configured', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    const fields = { output_config: { effort: 'low' }, output_format: format };
    expect(sent(fields, {}, 'anthropic.claude-opus-4-5-20251101-v1:0')).toMatchObject({
      output_config: { effort: 'low', format },
    });
  });

  test('effort goes to models that have it', () => {
    const output_config = { effort: 'high' };
    expect(sent({ output_config }, {}, 'anthropic.claude-opus-4-6-v1')).toMatchObject({ output_config });
    expect(sent({ output_config })).toEqual({ max_tokens: 9, messages, ...version });
    expect(warningsOf({ output_config })).toEqual(['output_config.effort dropped']);
  });

  test('context management keeps the edits that the model takes, with their betas', () => {
    const clearTools = { type: 'clear_tool_uses_20250919', keep: { type: 'tool_uses', value: 3 } };
    const clearThinking = { type: 'clear_thinking_20251015', keep: 'all' };
    expect(sent({ context_management: { edits: [clearThinking, clearTools] } })).toEqual({
      max_tokens: 9,
      messages,
      context_management: { edits: [clearTools] },
      ...version,
      anthropic_beta: ['context-management-2025-06-27'],
    });
    expect(warningsOf({ context_management: { edits: [clearThinking, clearTools] } })).toEqual([
      'context_management.edits[0] dropped',
    ]);
    expect(sent({ context_management: { edits: [clearThinking] } })).toEqual({
      max_tokens: 9,
      messages,
      ...version,
    });
  });
});
