import { TranslationError } from '../../../errors.ts';
import { createTranslator } from '../../../registry.ts';
import { testContext, testRequest, testTarget, textOf } from '../../../testing/run-translator.ts';
import { ask, converted, hi, openai, send, sent, warningsOf } from './__fixtures__/exchange.ts';

const user = (...content: object[]): object => ({ role: 'user', content });
const assistant = (...content: object[]): object => ({ role: 'assistant', content });
const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more });
const toolUse = (id: string, name = 'f', input: unknown = {}): object => ({
  type: 'tool_use',
  id,
  name,
  input,
});
const toolResult = (id: string, more: object = {}): object => ({
  type: 'tool_result',
  tool_use_id: id,
  ...more,
});
const png = { type: 'image', source: { type: 'base64', media_type: 'image/PNG', data: 'QUJD' } };
const tool = (more: object = {}): object => ({
  name: 'f',
  input_schema: { type: 'object', properties: {} },
  ...more,
});

test('a minimal request', () => {
  const { path, headers, model, warnings, body } = send(ask);
  expect({ path, model, warnings }).toEqual({ path: '/v1/chat/completions', model: 'm', warnings: [] });
  expect(headers.remove).toEqual(expect.arrayContaining(['anthropic-version', 'anthropic-beta']));
  expect(headers.set).toContainEqual(['accept-encoding', 'identity']);
  expect(JSON.parse(textOf(body))).toEqual({ model: 'm', messages: [hi], max_completion_tokens: 9 });
});

test('prefix and override of the backend are used, Anthropic’s query is not', () => {
  const target = testTarget('OpenAI', {
    schema: { name: 'OpenAI', prefix: '/api/v3' },
    modelNameOverride: 'other',
  });
  const request = testRequest('messages', ask, { path: '/v1/messages?beta=true' });
  const out = createTranslator(request, target, testContext).request();
  expect(out.path).toBe('/api/v3/chat/completions');
  expect(out.model).toBe('other');
  expect(JSON.parse(textOf(out.body))).toMatchObject({ model: 'other' });
});

test('a stream asks for its usage', () => {
  expect(sent({ stream: true })).toMatchObject({ stream: true, stream_options: { include_usage: true } });
});

describe('messages', () => {
  test('the system prompt comes first, blank texts left out', () => {
    const system = [text('a'), text(' '), text('b')];
    expect(sent({ system })['messages']).toEqual([{ role: 'system', content: 'a\n\nb' }, hi]);
    expect(sent({ system: 'a' })['messages']).toEqual([{ role: 'system', content: 'a' }, hi]);
    expect(converted(hi, { role: 'system', content: 'now' })).toEqual([
      hi,
      { role: 'system', content: 'now' },
    ]);
  });

  test('one text is a string, more are parts; blank ones are left out', () => {
    expect(converted(user(text('a'), text('')))).toEqual([{ role: 'user', content: 'a' }]);
    expect(converted(user(text('a'), text('b')))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ]);
  });

  test('images go inline or by URL', () => {
    const url = { type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } };
    expect(converted(user(png, url))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
          { type: 'image_url', image_url: { url: 'https://x.example/a.png' } },
        ],
      },
    ]);
  });

  test('documents: a PDF is a file, text is text, content is its parts; title and context stand before them', () => {
    const pdf = { type: 'base64', media_type: 'application/pdf', data: 'QUJD' };
    const doc = (source: object, more: object = {}): object => ({ type: 'document', source, ...more });
    expect(
      converted(
        user(
          doc(pdf),
          doc(pdf, { title: 'a.pdf', context: 'why' }),
          doc({ type: 'text', media_type: 'text/plain', data: 'body' }),
          doc({ type: 'content', content: [text('in'), png] }),
        ),
      ),
    ).toEqual([
      {
        role: 'user',
        content: [
          { type: 'file', file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,QUJD' } },
          { type: 'text', text: 'a.pdf\nwhy' },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' } },
          { type: 'text', text: 'body' },
          { type: 'text', text: 'in' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
        ],
      },
    ]);
  });

  test('search results become text', () => {
    const result = { type: 'search_result', source: 's', title: 't', content: [text('c')] };
    expect(converted(user(result))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 't\ns' },
          { type: 'text', text: 'c' },
        ],
      },
    ]);
  });

  test.each<[string, object]>([
    ['an uploaded image', { type: 'image', source: { type: 'file', file_id: 'f' } }],
    ['an uploaded document', { type: 'document', source: { type: 'file', file_id: 'f' } }],
    ['a document by URL', { type: 'document', source: { type: 'url', url: 'https://x' } }],
    [
      'a document that is no PDF',
      { type: 'document', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } },
    ],
    ['a block of the future', { type: 'hologram' }],
    ['a call by the user', toolUse('t')],
    ['reasoning by the user', { type: 'thinking', thinking: 'x', signature: 's' }],
  ])('%s is refused, not lost', (_name, block) => {
    expect(() => send({ ...ask, messages: [user(block)] })).toThrow(TranslationError);
    expect(() => send({ ...ask, messages: [user(block)] })).toThrow(/^messages\[0\]\.content\[0\]\./);
  });

  test('results of tools come before what the user adds; their images are shown by the user', () => {
    const messages = [
      hi,
      assistant(toolUse('t1'), toolUse('t2')),
      user(text('see'), toolResult('t1', { content: [text('a'), text('b'), png] }), toolResult('t2')),
    ];
    expect(converted(...messages)).toEqual([
      hi,
      expect.objectContaining({ role: 'assistant', content: null }),
      { role: 'tool', tool_call_id: 't1', content: 'a\nb' },
      { role: 'tool', tool_call_id: 't2', content: '' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
        ],
      },
    ]);
    expect(warningsOf({ messages })).toEqual(['messages[2].content[1].content changed']);
    const failed = [hi, assistant(toolUse('t')), user(toolResult('t', { content: 'x', is_error: true }))];
    expect(warningsOf({ messages: failed })).toEqual(['messages[2].content[0].is_error dropped']);
  });

  test('the input of a tool keeps its bytes', () => {
    const input = '{"id": 12345678901234567890, "b":1.0,"a":"\\u00e9"}';
    const body = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}]}`;
    const { messages } = JSON.parse(textOf(send(body).body)) as {
      messages: { tool_calls?: { function: { arguments: string } }[] }[];
    };
    expect(messages[1]?.tool_calls?.[0]?.function.arguments).toBe(input);
  });

  test('the assistant: texts joined, nothing empty, and its reasoning stays behind', () => {
    const thinking = { type: 'thinking', thinking: 'x', signature: 's' };
    const unsigned = { type: 'thinking', thinking: 'x', signature: '' };
    const messages = [hi, assistant(thinking, unsigned, text('a'), text('b')), hi, assistant(unsigned), hi];
    expect(converted(...messages)).toEqual([hi, { role: 'assistant', content: 'ab' }, hi, hi]);
    expect(warningsOf({ messages })).toEqual([
      'messages[1].content[0] dropped',
      'messages[1].content[1] changed',
      'messages[3].content[0] changed',
    ]);
  });

  test('traces of Anthropic’s own tools are dropped with word of it', () => {
    const trace = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
    const found = { type: 'web_search_tool_result', tool_use_id: 's', content: [] };
    const messages = [hi, assistant(trace, found, text('a')), hi];
    expect(converted(...messages)).toEqual([hi, { role: 'assistant', content: 'a' }, hi]);
    expect(warningsOf({ messages })).toHaveLength(2);
  });

  test('long ids of calls are shortened, alike in call and result', () => {
    const id = 'tooluse_'.padEnd(50, 'x');
    const [, call, result] = converted(hi, assistant(toolUse(id)), user(toolResult(id))) as [
      unknown,
      { tool_calls: { id: string }[] },
      { tool_call_id: string },
    ];
    expect(call.tool_calls[0]?.id).toBe(result.tool_call_id);
    expect(result.tool_call_id.length).toBeLessThanOrEqual(40);
  });

  test('a conversation without content is refused', () => {
    expect(() => send({ ...ask, messages: [user(text(' '))] })).toThrow('have no content');
  });
});

describe('tools', () => {
  test('are functions with the schema’s own bytes', () => {
    const schema = '{"type": "object", "properties":{"n":{"const":1.0}}}';
    const body = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"f","description":"d","input_schema":${schema}},{"type":"custom","name":"g","description":" "}]}`;
    expect(textOf(send(body).body)).toContain(
      `"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":${schema}}},{"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}]`,
    );
  });

  test.each<[object, unknown]>([
    [{ type: 'auto' }, 'auto'],
    [{ type: 'any' }, 'required'],
    [{ type: 'none' }, 'none'],
    [
      { type: 'tool', name: 'f' },
      { type: 'function', function: { name: 'f' } },
    ],
  ])('tool choice %j is %j', (tool_choice, expected) => {
    expect(sent({ tools: [tool()], tool_choice })['tool_choice']).toEqual(expected);
  });

  test('parallel calls can be forbidden', () => {
    const tool_choice = { type: 'auto', disable_parallel_tool_use: true };
    expect(sent({ tools: [tool()], tool_choice })).toMatchObject({ parallel_tool_calls: false });
    expect(sent({ tools: [tool()] })).not.toHaveProperty('parallel_tool_calls');
  });

  test('tools that only Anthropic has are dropped; a choice of them is refused', () => {
    const search = { type: 'web_search_20250305', name: 'web_search' };
    const body = sent({ tools: [search], tool_choice: { type: 'auto' } });
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('tool_choice');
    expect(warningsOf({ tools: [search] })).toEqual(['tools[0] dropped']);
    for (const tool_choice of [{ type: 'any' }, { type: 'tool', name: 'web_search' }]) {
      expect(() => send({ ...ask, tools: [search], tool_choice })).toThrow(/^tool_choice /);
    }
  });

  test('names that OpenAI refuses are rewritten everywhere', () => {
    const name = 'mcp__server__'.padEnd(80, 'x');
    const body = sent({
      tools: [tool({ name })],
      tool_choice: { type: 'tool', name },
      messages: [hi, assistant(toolUse('t', name)), user(toolResult('t'))],
    }) as {
      tools: { function: { name: string } }[];
      tool_choice: { function: { name: string } };
      messages: { tool_calls?: { function: { name: string } }[] }[];
    };
    const names = [
      body.tools[0]?.function.name,
      body.tool_choice.function.name,
      body.messages[1]?.tool_calls?.[0]?.function.name,
    ];
    expect(new Set(names).size).toBe(1);
    expect(names[0]).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });

  test('strict is kept where OpenAI can be', () => {
    const strictSchema = {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'object', additionalProperties: false } } },
      required: ['a'],
      additionalProperties: false,
    };
    const of = (input_schema: object): unknown =>
      (sent({ tools: [tool({ strict: true, input_schema })] })['tools'] as { function: object }[])[0]
        ?.function;
    expect(of(strictSchema)).toMatchObject({ strict: true });
    expect(of({ ...strictSchema, required: [] })).not.toHaveProperty('strict');
    expect(of({ ...strictSchema, properties: { a: { type: 'object' } } })).not.toHaveProperty('strict');
    expect(warningsOf({ tools: [tool({ strict: true })] })).toEqual(['tools[0].strict dropped']);
  });
});

describe('other fields', () => {
  test('sampling', () => {
    const body = sent({ temperature: 0.5, top_p: 0.9, stop_sequences: ['a', ''] });
    expect(body).toMatchObject({ temperature: 0.5, top_p: 0.9, stop: ['a'] });
    expect(warningsOf({ top_k: 5 })).toEqual(['top_k dropped']);
  });

  test('more than four stop sequences are refused, as no server of this API takes them [A115]', () => {
    expect(sent({ stop_sequences: ['1', '2', '3', '4'] })['stop']).toHaveLength(4);
    expect(() => send({ ...ask, stop_sequences: ['1', '2', '3', '4', '5'] })).toThrow(
      'stop_sequences has more than 4',
    );
  });

  test.each<[string, object, unknown]>([
    ['gpt-5', { thinking: { type: 'enabled', budget_tokens: 1024 } }, 'low'],
    ['gpt-5', { thinking: { type: 'enabled', budget_tokens: 2048 } }, 'medium'],
    ['openai/o3', { thinking: { type: 'enabled', budget_tokens: 31_999 } }, 'high'],
    ['gpt-oss-20b', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, 'low'],
    ['gpt-5', { output_config: { effort: 'max' } }, 'high'],
    ['gpt-5', { thinking: { type: 'adaptive' } }, undefined],
    ['gpt-5', { thinking: { type: 'disabled' } }, undefined],
    ['gpt-4o', { thinking: { type: 'enabled', budget_tokens: 2048 } }, undefined],
    ['gpt-5-chat-latest', { thinking: { type: 'enabled', budget_tokens: 2048 } }, undefined],
  ])('%s with %j: effort %s', (model, more, effort) => {
    expect(sent({ model, ...more })['reasoning_effort']).toBe(effort);
  });

  test('a model that is not known to reason loses thinking with word of it; the backend’s hint counts', () => {
    const more = { thinking: { type: 'enabled', budget_tokens: 2048 }, output_config: { effort: 'low' } };
    expect(warningsOf(more)).toEqual(['thinking dropped', 'output_config.effort dropped']);
    expect(sent(more, { ...openai, modelFamily: 'gpt-oss' })['reasoning_effort']).toBe('low');
    expect(warningsOf({ thinking: { type: 'disabled' } })).toEqual([]);
  });

  test('configuration says what the server takes: which efforts, and which name of the limit', () => {
    const modelCapabilities = [
      {
        match: '*',
        reasoning: 'reasoning-effort' as const,
        efforts: ['minimal' as const, 'max' as const],
        maxTokensField: 'max_tokens' as const,
      },
    ];
    const target = { ...openai, modelCapabilities };
    const high = sent({ output_config: { effort: 'high' }, max_tokens: 7 }, target);
    expect(high).toMatchObject({ reasoning_effort: 'minimal', max_tokens: 7 });
    expect(high).not.toHaveProperty('max_completion_tokens');
    const thinking = { type: 'enabled', budget_tokens: 31_999 };
    expect(sent({ thinking }, target)['reasoning_effort']).toBe('max');
    expect(sent({ max_tokens: 7 })).toMatchObject({ max_completion_tokens: 7 });
  });

  test.each<[string, object]>([
    [
      'output_config.format',
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    ],
    ['output_format', { output_format: { type: 'json_schema', schema: { type: 'object' } } }],
  ])('%s is the response format', (path, more) => {
    expect(sent(more)['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema: { type: 'object' }, strict: false },
    });
    expect(warningsOf(more)).toEqual([`${path} changed`]);
  });

  test.each([
    ['auto', 'auto'],
    ['standard_only', 'default'],
    ['other', undefined],
  ])('service tier %s is %s', (service_tier, expected) => {
    expect(sent({ service_tier })['service_tier']).toBe(expected);
  });

  test('the user is told by name, or by hash where the name is longer than OpenAI takes', () => {
    expect(sent({ metadata: { user_id: 'u' } })['user']).toBe('u');
    expect(sent({ metadata: { user_id: 'u'.repeat(65) } })['user']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('what the backend has not is dropped with word of it, or refused where it is to be', () => {
    const more = {
      context_management: {},
      system: [text('a', { cache_control: { type: 'ephemeral' } })],
      messages: [user(text('a', { cache_control: { type: 'ephemeral' } }))],
      tools: [tool({ cache_control: { type: 'ephemeral' } })],
    };
    expect(warningsOf(more)).toEqual([
      'messages[0].content[0].cache_control dropped',
      'system[0].cache_control dropped',
      'tools[0].cache_control dropped',
      'context_management dropped',
    ]);
    expect(() => send({ ...ask, ...more }, { ...openai, unsupportedFields: 'Reject' })).toThrow(
      'is not supported',
    );
  });

  test.each<[string, object]>([
    ['max_tokens', { max_tokens: undefined }],
    ['max_tokens', { max_tokens: 0 }],
    ['messages', { messages: [] }],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].content', { messages: [{ role: 'user' }] }],
    ['messages[0].content', { messages: [{ role: 'system', content: [png] }] }],
    ['stop_sequences[0]', { stop_sequences: [1] }],
    ['tool_choice.type', { tools: [tool()], tool_choice: { type: 'most' } }],
    ['thinking.type', { thinking: { type: 'deep' } }],
    ['output_format.type', { output_format: { type: 'text' } }],
  ])('%s is named when it is wrong', (param, more) => {
    const error = (() => {
      try {
        return send({ ...ask, ...more });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'invalid_request', param });
  });
});
