import { claude35, errorOf, messages, sent, version, warningsOf } from './__fixtures__/requests.ts';

describe('tools', () => {
  const schema = { type: 'object', properties: {} };

  test.each(['web_search_20250305', 'web_fetch_20250910', 'code_execution_20250825', 'mcp_toolset'])(
    '%s is refused by name [A94]',
    (type) => {
      const error = errorOf(() => sent({ tools: [{ type, name: 'x' }] }));
      expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'tools[0]' });
      expect(error.message).toContain(type);
    },
  );

  test.each([
    'bash_20250124',
    'text_editor_20250728',
    'computer_20250124',
    'tool_search_tool_regex_20251119',
    'custom',
  ])('%s passes', (type) => {
    const tools = [{ type, name: 'x' }];
    expect(sent({ tools })).toMatchObject({ tools });
  });

  test('keys that need a beta stay with it and go without it', () => {
    const tool = { name: 'f', input_schema: schema, defer_loading: true, input_examples: [{}] };
    const headers = { 'anthropic-beta': 'advanced-tool-use-2025-11-20' };
    expect(sent({ tools: [tool] }, { headers })).toMatchObject({
      tools: [{ name: 'f', input_schema: schema, defer_loading: true }],
    });
    expect(sent({ tools: [tool] })).toEqual({
      max_tokens: 9,
      messages,
      tools: [{ name: 'f', input_schema: schema }],
      ...version,
    });
    expect(warningsOf({ tools: [tool] })).toEqual([
      'tools[0].defer_loading dropped',
      'tools[0].input_examples dropped',
    ]);
  });

  test('members of "custom" move up, and what Bedrock refuses goes', () => {
    const tool = {
      type: 'custom',
      name: 'f',
      custom: { input_schema: schema, description: 'd', name: 'other', defer_loading: true },
      eager_input_streaming: true,
    };
    expect(sent({ tools: [tool] })).toMatchObject({
      tools: [{ type: 'custom', name: 'f', input_schema: schema, description: 'd' }],
    });
    expect(warningsOf({ tools: [tool] }).sort()).toEqual([
      'tools[0].custom.defer_loading dropped',
      'tools[0].eager_input_streaming dropped',
    ]);
  });

  test('a schema of type "custom" is an object', () => {
    expect(sent({ tools: [{ name: 'f', input_schema: { type: 'custom', a: 1 } }] })).toMatchObject({
      tools: [{ input_schema: { type: 'object', a: 1 } }],
    });
  });

  test('strict stays on models that have it', () => {
    const tools = [{ name: 'f', input_schema: schema, strict: true }];
    expect(sent({ tools })).toMatchObject({ tools });
    expect(warningsOf({ tools }, {}, claude35)).toEqual(['tools[0].strict dropped']);
  });
});
