import fc from 'fast-check';
import { claude35, errorOf, sent, warningsOf } from '../../../testing/chat-to-claude.ts';

describe('tools', () => {
  const tool = (name: string, more = {}) => ({ type: 'function', function: { name, ...more } });
  const any = { type: 'object', properties: {} };

  test('a tool without schema takes any object, without description has none', () => {
    expect(sent({ tools: [tool('f', { description: '' })] })['tools']).toEqual([
      { name: 'f', input_schema: any },
    ]);
  });

  test('strict goes to models that have it', () => {
    expect(sent({ tools: [tool('f', { strict: true })] })['tools']).toMatchObject([{ strict: true }]);
    expect(warningsOf({ tools: [tool('f', { strict: true })] }, claude35)).toEqual([
      'tools[0].function.strict dropped',
    ]);
  });

  test.each([
    [{ tool_choice: 'auto' }, { type: 'auto' }],
    [{ tool_choice: 'required' }, { type: 'any' }],
    [{ tool_choice: 'none' }, { type: 'none' }],
    [{ tool_choice: 'none', parallel_tool_calls: false }, { type: 'none' }],
    [{ tool_choice: { type: 'function', function: { name: 'g' } } }, { type: 'tool', name: 'g' }],
    [{ parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [
      { tool_choice: 'required', parallel_tool_calls: true },
      { type: 'any', disable_parallel_tool_use: false },
    ],
    [{}, undefined],
  ])('%j', (fields, want) => {
    expect(sent({ tools: [tool('f'), tool('g')], ...fields })['tool_choice']).toEqual(want);
  });

  test('a choice that is no choice is refused', () => {
    expect(errorOf(() => sent({ tools: [tool('f')], tool_choice: 'function' })).param).toBe('tool_choice');
  });

  test('names that would meet in one stay apart', () => {
    const tools = sent({ tools: [tool('a.b'), tool('a b'), tool('a_b')] })['tools'] as { name: string }[];
    expect(new Set(tools.map(({ name }) => name)).size).toBe(3);
    expect(tools[2]?.name).toBe('a_b');
  });

  test('any names become legal, distinct and reversible', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 6 }),
        (names) => {
          const tools = sent({ tools: names.map((name) => tool(name)) })['tools'] as { name: string }[];
          expect(new Set(tools.map(({ name }) => name)).size).toBe(names.length);
          for (const { name } of tools) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        },
      ),
    );
  });
});

describe('response format', () => {
  const schema = {
    type: 'object',
    properties: {
      minimum: { type: 'integer', minimum: 3, description: 'count' },
      list: { oneOf: [{ type: 'string' }] },
    },
    required: ['minimum'],
  };
  const response_format = { type: 'json_schema', json_schema: { name: 'out', schema } };

  test('is native where the model has it, with a schema that it takes', () => {
    expect(sent({ response_format })['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            minimum: { type: 'integer', description: 'count (constraints: {"minimum":3})' },
            list: { anyOf: [{ type: 'string' }] },
          },
          required: ['minimum'],
          additionalProperties: false,
        },
      },
    });
  });

  test('a schema keeps its data and loses what cannot be enforced', () => {
    const list = {
      type: 'array',
      minItems: 2,
      items: { enum: [{ minimum: 1, type: 'object' }] },
      default: { not: 1 },
    };
    const json_schema = { name: 'o', schema: { type: 'object', properties: { list } } };
    expect(sent({ response_format: { type: 'json_schema', json_schema } })).toMatchObject({
      output_config: {
        format: {
          schema: {
            properties: {
              list: {
                type: 'array',
                items: { enum: [{ minimum: 1, type: 'object' }] },
                default: { not: 1 },
                description: '(constraints: {"minItems":2})',
              },
            },
          },
        },
      },
    });
  });

  test('is a forced tool where it has not', () => {
    const body = sent({ response_format }, claude35);
    expect(body['tools']).toMatchObject([{ name: 'json_tool_call', input_schema: schema }]);
    expect(body['tool_choice']).toEqual({ type: 'tool', name: 'json_tool_call' });
    const tools = [{ type: 'function', function: { name: 'f' } }];
    expect(sent({ response_format, tools }, claude35)['tool_choice']).toEqual({ type: 'any' });
  });

  test('is asked for in the system prompt where nothing can be forced', () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    const model = 'claude-3-7-sonnet-20250219';
    expect(JSON.stringify(sent({ response_format, thinking }, model)['system'])).toContain('JSON schema');
    expect(warningsOf({ response_format: { type: 'json_object' } })).toEqual(['response_format changed']);
  });
});
