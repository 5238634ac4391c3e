import { buildConverse, models, tool, toolNamesOf, warningsOf } from '../../../testing/converse.ts';

describe('response_format', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'array', items: { type: 'object', properties: {} } } },
  };
  const wanted = {
    response_format: { type: 'json_schema', json_schema: { name: 'n', description: 'd', schema } },
  };

  test('native: the schema as a string, every object closed [A36]', () => {
    const { outputConfig } = buildConverse({ model: models.opus46, ...wanted });
    const { jsonSchema } = outputConfig.textFormat.structure;
    expect(outputConfig.textFormat.type).toBe('json_schema');
    expect(jsonSchema).toMatchObject({ name: 'n', description: 'd' });
    expect(JSON.parse(jsonSchema.schema)).toEqual({
      type: 'object',
      properties: {
        a: { type: 'array', items: { type: 'object', properties: {}, additionalProperties: false } },
      },
      additionalProperties: false,
    });
  });

  test('native: what cannot be enforced is told to the model, with a warning [A36]', () => {
    const limited = {
      type: 'object',
      properties: {
        n: { type: 'integer', description: 'A count.', minimum: 1 },
        properties: { oneOf: [{ type: 'string', maxLength: 3 }, { type: 'null' }] },
      },
    };
    const format = { type: 'json_schema', json_schema: { name: 'n', schema: limited } };
    const { jsonSchema } = buildConverse({ response_format: format }).outputConfig.textFormat.structure;
    expect(JSON.parse(jsonSchema.schema)).toEqual({
      type: 'object',
      properties: {
        n: { type: 'integer', description: 'A count. (constraints: {"minimum":1})' },
        properties: {
          anyOf: [{ type: 'string', description: '(constraints: {"maxLength":3})' }, { type: 'null' }],
        },
      },
      additionalProperties: false,
    });
    expect(warningsOf({ response_format: format })).toEqual([['response_format', 'changed']]);
  });

  test('a tool where there is none; beside other tools, any of them [A37]', () => {
    const body = buildConverse({ model: models.sonnet35, ...wanted, tools: [tool('f')] });
    expect(toolNamesOf(body)).toEqual(['f', 'json_tool_call']);
    expect(body.toolConfig.toolChoice).toEqual({ any: {} });
  });

  test('an instruction where no tool can be forced', () => {
    expect(buildConverse({ model: models.llama, ...wanted }).system[0]!.text).toContain(
      JSON.stringify(schema),
    );
    expect(
      buildConverse({
        model: models.sonnet37,
        ...wanted,
        thinking: { type: 'enabled', budget_tokens: 2000 },
      }),
    ).not.toHaveProperty('toolConfig');
    expect(buildConverse({ response_format: { type: 'json_object' } }).system).toEqual([
      { text: expect.stringContaining('JSON') },
    ]);
    expect(buildConverse({ response_format: { type: 'text' } })).not.toHaveProperty('system');
  });

  test('an unknown format is refused', () => {
    expect(() => buildConverse({ response_format: { type: 'grammar' } })).toThrow(
      /response_format\.type is "grammar"/,
    );
  });
});
