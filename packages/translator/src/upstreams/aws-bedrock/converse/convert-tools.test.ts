import {
  assistant,
  buildConverse,
  call,
  hi,
  models,
  result,
  sendChat,
  tool,
  toolNamesOf,
  warningsOf,
} from '../../../testing/converse.ts';
import { textOf } from '../../../testing/run-translator.ts';

describe('tools', () => {
  const tools = [tool('f'), tool('g')];

  test('a schema keeps its bytes; what is absent or blank is left out [A19] [A20] [A21]', () => {
    const parameters = '{"type":"object", "properties":{"n":{"maximum":1.0e2}}}';
    const text = textOf(
      sendChat(
        `{"model":"${models.sonnet45}","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f","description":"","parameters":${parameters}}}]}`,
      ).body,
    );
    expect(text).toContain(
      `"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":${parameters}}}}]}`,
    );
    expect(buildConverse({ tools: [tool('f')] }).toolConfig.tools).toEqual([
      { toolSpec: { name: 'f', inputSchema: { json: { type: 'object', properties: {} } } } },
    ]);
    expect(
      buildConverse({ functions: [{ name: 'f', description: 'd' }] }).toolConfig.tools[0]!.toolSpec,
    ).toMatchObject({ name: 'f', description: 'd' });
    expect(buildConverse({ tools: [] })).not.toHaveProperty('toolConfig');
  });

  test('names are legal and unique [A18]', () => {
    const names = ['a.b', 'a_b', 'a/b', 'x'.repeat(70)];
    const sent = toolNamesOf(buildConverse({ tools: names.map((name) => tool(name)) }));
    expect(sent[1]).toBe('a_b');
    expect(new Set(sent).size).toBe(4);
    for (const name of sent) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });

  test.each([
    ['auto', { auto: {} }],
    ['required', { any: {} }],
    [{ type: 'function', function: { name: 'g' } }, { tool: { name: 'g' } }],
  ])('choice %j [A22]', (choice, expected) => {
    expect(buildConverse({ tools, tool_choice: choice }).toolConfig.toolChoice).toEqual(expected);
  });

  test('choices that a family does not take become its own decision, with a warning', () => {
    const required = { model: models.llama, tools, tool_choice: 'required' };
    expect(buildConverse(required).toolConfig.toolChoice).toEqual({ auto: {} });
    expect(warningsOf(required)).toEqual([['tool_choice', 'changed']]);
    const named = {
      model: models.mistral,
      tools: [tool('f')],
      tool_choice: { type: 'function', function: { name: 'f' } },
    };
    expect(buildConverse(named).toolConfig.toolChoice).toEqual({ any: {} });
  });

  test('allowed tools', () => {
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] };
    const { toolConfig } = buildConverse({
      tools,
      tool_choice: { type: 'allowed_tools', allowed_tools: allowed },
    });
    expect(toolConfig.tools.map(({ toolSpec }) => toolSpec?.name)).toEqual(['g']);
    expect(toolConfig.toolChoice).toEqual({ any: {} });
  });

  test('none: Claude is told, others are not shown the tools [A23] [A24]', () => {
    const claude = buildConverse({ tools, tool_choice: 'none' });
    expect(claude.toolConfig).not.toHaveProperty('toolChoice');
    expect(claude.additionalModelRequestFields).toEqual({ tool_choice: { type: 'none' } });
    expect(buildConverse({ model: models.nova, tools, tool_choice: 'none' })).not.toHaveProperty(
      'toolConfig',
    );
    const used = {
      model: models.nova,
      tools,
      tool_choice: 'none',
      messages: [hi, assistant(call('a')), result('a')],
    };
    expect(buildConverse(used).toolConfig.tools).toHaveLength(2);
    expect(warningsOf(used)).toEqual([['tool_choice', 'changed']]);
  });

  test('parallel calls are switched off in Claude’s words, without repeating Converse’s [A26]', () => {
    expect(buildConverse({ tools, parallel_tool_calls: false }).additionalModelRequestFields).toEqual({
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
    const forced = buildConverse({ tools, parallel_tool_calls: false, tool_choice: 'required' });
    expect(forced.toolConfig.toolChoice).toEqual({ any: {} });
    expect(forced.additionalModelRequestFields).toEqual({ tool_choice: { disable_parallel_tool_use: true } });
    expect(warningsOf({ model: models.nova, tools, parallel_tool_calls: false })).toEqual([
      ['parallel_tool_calls', 'dropped'],
    ]);
    expect(warningsOf({ model: models.nova, parallel_tool_calls: false })).toEqual([]);
  });

  test.each([
    [{ tools: [{ type: 'web_search' }] }, /tools\[0\] is a tool of type "web_search"/],
    [
      { tools: [tool('f')], tool_choice: { type: 'function', function: { name: 'h' } } },
      /"h", which is not among the tools/,
    ],
    [{ tools: [tool('f')], tool_choice: 'always' }, /tool_choice is "always"/],
    [{ tools: [{ type: 'function', function: {} }] }, /tools\[0\]\.function\.name is missing/],
  ])('%j is refused', (more, message) => {
    expect(() => buildConverse(more)).toThrow(message);
  });
});
