import { createTranslator } from '../../../registry.ts';
import { testRequest, testContext, testTarget, textOf } from '../../../testing/run-translator.ts';
import { ask, converse, hi, models, send, sent, warningsOf } from './__fixtures__/exchange.ts';

const reject = testTarget('AWSBedrock', { messagesVia: 'Converse', unsupportedFields: 'Reject' });
const schema = { type: 'object', properties: { a: { type: 'string' } } };
const tool = (more: object = {}): object => ({ name: 'f', input_schema: schema, ...more });
const spec = (name = 'f', more: object = {}): object => ({
  toolSpec: { name, ...more, inputSchema: { json: schema } },
});
const use = (name = 'f', input: unknown = {}): object => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id: 't1', name, input }],
});
const used = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'ok' }] };

describe('the head of the request', () => {
  test.each([
    [false, 'converse', 'application/json'],
    [true, 'converse-stream', 'application/vnd.amazon.eventstream'],
  ])('stream %s', (isStream, operation, accept) => {
    const { path, headers, body, warnings } = send({ stream: isStream });
    expect(path).toBe(`/model/${models.sonnet45}/${operation}`);
    expect(headers.set).toEqual([
      ['content-type', 'application/json'],
      ['accept', accept],
      ['accept-encoding', 'identity'],
    ]);
    expect(headers.remove).toEqual(expect.arrayContaining(['anthropic-version', 'anthropic-beta']));
    expect(JSON.parse(textOf(body))).toEqual({
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
      inferenceConfig: { maxTokens: 9 },
    });
    expect(warnings).toEqual([]);
  });

  test('an override is asked for and judged by its own capabilities', () => {
    const target = testTarget('AWSBedrock', { modelNameOverride: models.llama });
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    const out = send({ thinking }, target);
    expect(out.path).toBe(`/model/${models.llama}/converse`);
    expect(out.model).toBe(models.llama);
    expect(out.warnings).toEqual([{ path: 'thinking', action: 'dropped', reason: 'model has no thinking' }]);
  });
});

describe('limits and sampling', () => {
  test('each goes where the family takes it', () => {
    const more = { temperature: 0.5, top_k: 5, stop_sequences: ['', 'X'] };
    expect(sent(more)).toMatchObject({
      inferenceConfig: { maxTokens: 9, temperature: 0.5, stopSequences: ['X'] },
      additionalModelRequestFields: { top_k: 5 },
    });
    expect(sent({ ...more, model: models.nova })).toMatchObject({
      additionalModelRequestFields: { inferenceConfig: { topK: 5 } },
    });
    expect(sent({ ...more, model: models.llama })).not.toHaveProperty('additionalModelRequestFields');
    expect(warningsOf({ ...more, model: models.llama })).toEqual(['top_k dropped']);
  });

  test.each([
    [{ max_tokens: undefined }, /max_tokens is missing/],
    [{ max_tokens: 0 }, /max_tokens must be/],
    [{ messages: [] }, /messages is missing or empty/],
    [{ messages: [{ role: 'assistant', content: 'x' }, hi] }, /must begin with a user message/],
    [{ messages: [{ role: 'user', content: ' ' }] }, /nothing to answer/],
  ])('%j is refused', (more, message) => {
    expect(() => send(more)).toThrow(message);
  });
});

describe('thinking and effort', () => {
  const enabled = { type: 'enabled', budget_tokens: 2000, display: 'omitted' };
  test.each([
    [models.sonnet45, enabled, { thinking: enabled }],
    [models.opus46, { type: 'adaptive' }, { thinking: { type: 'adaptive' } }],
    [models.opus46, { type: 'disabled' }, { thinking: { type: 'disabled' } }],
    [models.sonnet35, enabled, undefined],
    [models.sonnet35, { type: 'disabled' }, undefined],
    [models.llama, enabled, undefined],
    [models.gptOss, enabled, { reasoning_effort: 'low' }],
    [models.gptOss, { type: 'enabled', budget_tokens: 4096 }, { reasoning_effort: 'high' }],
    [models.gptOss, { type: 'enabled', budget_tokens: 500 }, { reasoning_effort: 'low' }],
    [models.gptOss, { type: 'adaptive' }, { reasoning_effort: 'high' }],
    [models.gptOss, { type: 'disabled' }, undefined],
    [
      models.nova2,
      { type: 'enabled', budget_tokens: 2048 },
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
    ],
  ])('%s with %j is asked by %j [A108]', (model, thinking, expected) => {
    expect(sent({ model, thinking })['additionalModelRequestFields']).toEqual(expected);
  });

  test.each([
    [models.opus46, 'max', { output_config: { effort: 'max' } }],
    [models.sonnet45, 'low', undefined],
    [models.gptOss, 'medium', { reasoning_effort: 'medium' }],
    [models.llama, 'low', undefined],
  ])('%s at effort %s', (model, effort, expected) => {
    expect(sent({ model, output_config: { effort } })['additionalModelRequestFields']).toEqual(expected);
  });

  test('an effort stands beside thinking on Claude, and before a budget elsewhere', () => {
    const more = { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } };
    expect(sent({ ...more, model: models.opus46 })['additionalModelRequestFields']).toEqual(more);
    expect(sent({ ...more, model: models.gptOss })['additionalModelRequestFields']).toEqual({
      reasoning_effort: 'low',
    });
  });

  test('what is left out or changed is said', () => {
    const more = { thinking: enabled, output_config: { effort: 'low' } };
    expect(warningsOf({ ...more, model: models.llama })).toEqual([
      'thinking dropped',
      'output_config.effort dropped',
    ]);
    expect(warningsOf({ ...more, model: models.sonnet35 })).toEqual([
      'thinking dropped',
      'output_config.effort dropped',
    ]);
    expect(warningsOf({ thinking: enabled, model: models.gptOss })).toEqual(['thinking changed']);
    expect(() => send({ thinking: enabled, model: models.llama }, reject)).toThrow(
      'thinking is not supported: model has no thinking',
    );
  });

  test('the client’s limit stands, whatever its budget: Claude judges them', () => {
    expect(sent({ thinking: enabled, max_tokens: 1000 })['inferenceConfig']).toEqual({ maxTokens: 1000 });
  });
});

describe('tools', () => {
  test('keep schema and input in the client’s own bytes', () => {
    const raw = '{"type":"object","properties":{"z":{"maximum":12345678901234567890},"a":{"const":1.0}}}';
    const input = '{"z":12345678901234567890,"a" : "\\u00e9"}';
    const body = `{"model":"${models.sonnet45}","max_tokens":9,"tools":[{"name":"f","input_schema":${raw}}],"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}]}`;
    const text = textOf(send(body).body);
    expect(text).toContain(`"inputSchema":{"json":${raw}}`);
    expect(text).toContain(`"input":${input}`);
  });

  test('have what Converse knows, and a cache point after them', () => {
    const cached = tool({
      description: 'does',
      strict: true,
      cache_control: { type: 'ephemeral', ttl: '1h' },
    });
    expect(sent({ tools: [cached] })['toolConfig']).toEqual({
      tools: [
        spec('f', { description: 'does', strict: true }),
        { cachePoint: { type: 'default', ttl: '1h' } },
      ],
    });
    expect(sent({ tools: [{ name: 'g', description: ' ' }] })['toolConfig']).toEqual({
      tools: [{ toolSpec: { name: 'g', inputSchema: { json: { type: 'object', properties: {} } } } }],
    });
  });

  test('keys that Converse does not have are said to be dropped', () => {
    const tools = [tool({ defer_loading: true, eager_input_streaming: true })];
    expect(sent({ tools })['toolConfig']).toEqual({ tools: [spec()] });
    expect(warningsOf({ tools })).toEqual([
      'tools[0].defer_loading dropped',
      'tools[0].eager_input_streaming dropped',
    ]);
    expect(warningsOf({ tools: [tool({ strict: true })], model: models.llama })).toEqual([
      'tools[0].strict dropped',
    ]);
  });

  test('of Anthropic alone leave no tool configuration, and a warning [A107]', () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search' }];
    for (const tool_choice of [undefined, { type: 'auto' }, { type: 'any' }, { type: 'none' }]) {
      expect(sent({ tools, tool_choice })).not.toHaveProperty('toolConfig');
      expect(warningsOf({ tools, tool_choice })).toEqual(['tools[0] dropped']);
    }
    expect(sent({ tools: [...tools, tool()] })['toolConfig']).toEqual({ tools: [spec()] });
    expect(() => send({ tools }, reject)).toThrow(/tools\[0\] is not supported/);
  });

  test.each([
    [models.sonnet45, { type: 'auto' }, { auto: {} }],
    [models.sonnet45, { type: 'any' }, { any: {} }],
    [models.sonnet45, { type: 'tool', name: 'f' }, { tool: { name: 'f' } }],
    [models.mistral, { type: 'tool', name: 'f' }, { any: {} }],
    [models.llama, { type: 'any' }, { auto: {} }],
  ])('%s with choice %j is given %j', (model, tool_choice, expected) => {
    expect(sent({ model, tools: [tool()], tool_choice })['toolConfig']).toEqual({
      tools: [spec()],
      toolChoice: expected,
    });
  });

  test('one of several can be chosen', () => {
    const more = { tools: [tool({ name: 'g' }), tool()], tool_choice: { type: 'tool', name: 'f' } };
    expect(sent(more)['toolConfig']).toMatchObject({ toolChoice: { tool: { name: 'f' } } });
  });

  test('none is Claude’s own word; others get no tools', () => {
    const more = { tools: [tool()], tool_choice: { type: 'none' } };
    expect(sent(more)).toMatchObject({
      toolConfig: { tools: [spec()] },
      additionalModelRequestFields: { tool_choice: { type: 'none' } },
    });
    expect(sent({ ...more, model: models.llama })).not.toHaveProperty('toolConfig');
  });

  test('the choice of an unknown tool is refused, that of a tool which was left out is not', () => {
    const tool_choice = { type: 'tool', name: 'web_search' };
    expect(() => send({ tools: [tool()], tool_choice })).toThrow(/tool_choice\.name is "web_search"/);
    const more = { tools: [tool(), { type: 'web_search_20250305', name: 'web_search' }], tool_choice };
    expect(sent(more)['toolConfig']).toEqual({ tools: [spec()] });
    expect(warningsOf(more)).toEqual(['tools[1] dropped', 'tool_choice changed']);
  });

  test('one call at a time is forbidden to Claude in its own words [A108]', () => {
    const more = (type: string) => ({
      tools: [tool()],
      tool_choice: { type, disable_parallel_tool_use: true },
    });
    expect(sent(more('auto'))).toMatchObject({
      toolConfig: { toolChoice: { auto: {} } },
      additionalModelRequestFields: { tool_choice: { disable_parallel_tool_use: true } },
    });
    expect(sent(more('any'))).toMatchObject({ toolConfig: { toolChoice: { any: {} } } });
    expect(sent({ ...more('auto'), model: models.nova })).not.toHaveProperty('additionalModelRequestFields');
    expect(warningsOf({ ...more('auto'), model: models.nova })).toEqual([
      'tool_choice.disable_parallel_tool_use dropped',
    ]);
  });

  test('a thinking Claude is not forced', () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    expect(sent({ thinking, tools: [tool()], tool_choice: { type: 'any' } })['toolConfig']).toMatchObject({
      toolChoice: { auto: {} },
    });
  });

  test('names that only the history knows are defined, in legal form', () => {
    expect(sent({ messages: [hi, use('a.b'), used] })).toMatchObject({
      messages: [{}, { content: [{ toolUse: { name: 'a_b' } }] }, {}],
      toolConfig: { tools: [{ toolSpec: { name: 'a_b' } }] },
    });
  });
});

describe('structured output', () => {
  const format = { type: 'json_schema', schema };
  test('natively where the model has it, in either spelling', () => {
    const expected = {
      type: 'json_schema',
      structure: {
        jsonSchema: { name: 'answer', schema: JSON.stringify({ ...schema, additionalProperties: false }) },
      },
    };
    expect(sent({ output_config: { format } })['outputConfig']).toEqual({ textFormat: expected });
    expect(sent({ output_format: format })['outputConfig']).toEqual({ textFormat: expected });
  });

  test('through a tool, or an instruction, where it has not', () => {
    expect(sent({ model: models.sonnet35, output_config: { format } })['toolConfig']).toMatchObject({
      toolChoice: { tool: { name: 'json_tool_call' } },
    });
    expect(sent({ model: models.llama, output_format: format })).toHaveProperty('system');
    expect(warningsOf({ model: models.llama, output_format: format })).toEqual(['output_format changed']);
    expect(warningsOf({ model: models.llama, output_config: { format } })).toEqual([
      'output_config.format changed',
    ]);
  });
});

describe('everything else', () => {
  test('tiers and metadata go where Bedrock has them', () => {
    expect(sent({ service_tier: 'standard_only', metadata: { user_id: 'u-1' } })).toMatchObject({
      serviceTier: { type: 'default' },
      requestMetadata: { user_id: 'u-1' },
    });
    expect(sent({ service_tier: 'auto' })).not.toHaveProperty('serviceTier');
    const metadata = { user_id: '{"a":1}' };
    expect(sent({ metadata })).not.toHaveProperty('requestMetadata');
    expect(warningsOf({ metadata })).toEqual(['metadata.user_id dropped']);
  });

  test('Bedrock’s own fields are passed on', () => {
    const performanceConfig = { latency: 'optimized' };
    expect(sent({ performanceConfig })).toMatchObject({ performanceConfig });
    expect(warningsOf({ performanceConfig })).toEqual([]);
  });

  test('fields that Converse does not have are said to be dropped', () => {
    const more = {
      container: 'c',
      mcp_servers: [],
      context_management: {},
      cache_control: { type: 'ephemeral' },
    };
    expect(sent(more)).toEqual(sent());
    expect(warningsOf(more)).toEqual([
      'container dropped',
      'mcp_servers dropped',
      'context_management dropped',
      'cache_control dropped',
    ]);
    expect(warningsOf({ anthropic_version: '2023-06-01', container: null })).toEqual([]);
    expect(() => send(more, reject)).toThrow(/container is not supported/);
  });

  test('betas of header and body go to Claude, once, and to nobody else', () => {
    const headers = { 'anthropic-beta': 'context-1m-2025-08-07, made-up' };
    const body = { ...ask, anthropic_beta: ['context-1m-2025-08-07', 'context-management-2025-06-27'] };
    const out = createTranslator(testRequest('messages', body, { headers }), converse, testContext).request();
    expect(JSON.parse(textOf(out.body))).toMatchObject({
      additionalModelRequestFields: {
        anthropic_beta: ['context-1m-2025-08-07', 'context-management-2025-06-27'],
      },
    });
    expect(out.warnings).toMatchObject([
      { path: 'anthropic-beta', reason: expect.stringContaining('made-up') as string },
    ]);
    const other = testRequest('messages', { ...body, model: models.llama }, { headers });
    const otherOut = createTranslator(other, converse, testContext).request();
    expect(JSON.parse(textOf(otherOut.body))).not.toHaveProperty('additionalModelRequestFields');
    expect(otherOut.warnings.map(({ path }) => path)).toEqual(['anthropic-beta', 'anthropic_beta']);
  });
});
