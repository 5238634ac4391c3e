import { createTranslator } from '../../registry.ts';
import { errorOf } from '../../testing/chat-to-claude.ts';
import { jsonOf, testContext, testRequest, testTarget, textOf } from '../../testing/run-translator.ts';
import type { UpstreamRequest, UpstreamTarget } from '../../translator.ts';
import { encodeReasoning } from './encrypted-reasoning.ts';

const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const bedrock = testTarget('AWSBedrock');

function send(more: object | string, target: UpstreamTarget = bedrock): UpstreamRequest {
  const body = typeof more === 'string' ? more : { model, input: 'hi', ...more };
  return createTranslator(testRequest('responses', body), target, testContext).request();
}
const converse = (more: object | string): Record<string, unknown> =>
  jsonOf(send(more).body) as Record<string, unknown>;
const messages = (...input: object[]): unknown => converse({ input })['messages'];
const warningsOf = (more: object, target?: UpstreamTarget): string[] =>
  send(more, target).warnings.map(({ path, action }) => `${path} ${action}`);
const hi = { role: 'user', content: 'hi' };
const tool = { type: 'function', name: 'f', parameters: { type: 'object' }, strict: null };

describe('input', () => {
  test('a text, with instructions', () => {
    expect(converse({ instructions: 'Be brief' })).toEqual({
      system: [{ text: 'Be brief' }],
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
    });
  });

  test('messages of every role, with or without a type', () => {
    const input = [
      { role: 'developer', content: 'a' },
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'b' }] },
      { role: 'user', content: [{ type: 'input_text', text: 'c' }] },
      {
        type: 'message',
        id: 'msg_1',
        status: 'completed',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'd', annotations: [], logprobs: [] },
          { type: 'refusal', refusal: 'e' },
        ],
      },
      hi,
    ];
    expect(converse({ input })).toEqual({
      system: [{ text: 'a' }, { text: 'b' }],
      messages: [
        { role: 'user', content: [{ text: 'c' }] },
        { role: 'assistant', content: [{ text: 'd' }, { text: 'e' }] },
        { role: 'user', content: [{ text: 'hi' }] },
      ],
    });
  });

  test('images and files', () => {
    const content = [
      { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,QUJD' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,QUJD' },
      { type: 'input_file', filename: 'b.txt', file_data: 'QUJD' },
      { type: 'input_file', filename: 'c.md', file_url: 'data:text/markdown;base64,QUJD' },
      { type: 'input_text', text: 'look', prompt_cache_breakpoint: { mode: 'explicit' } },
      { type: 'text', text: 'here', cache_control: { type: 'ephemeral' } },
    ];
    expect(messages({ role: 'user', content })).toEqual([
      {
        role: 'user',
        content: [
          { image: { format: 'png', source: { bytes: 'QUJD' } } },
          { document: { format: 'pdf', name: 'a', source: { bytes: 'QUJD' } } },
          { document: { format: 'txt', name: 'b', source: { bytes: 'QUJD' } } },
          { document: { format: 'md', name: 'c', source: { bytes: 'QUJD' } } },
          { text: 'look' },
          { cachePoint: { type: 'default' } },
          { text: 'here' },
          { cachePoint: { type: 'default' } },
        ],
      },
    ]);
  });

  test('URLs go to a provider that fetches them', () => {
    const content = [
      { type: 'input_image', image_url: 'https://x/y.png' },
      { type: 'input_file', file_url: 'https://x/y' },
    ];
    const { body } = send({ input: [{ role: 'user', content }] }, testTarget('Anthropic'));
    expect(jsonOf(body)).toMatchObject({
      messages: [
        {
          content: [
            { type: 'image', source: { type: 'url', url: 'https://x/y.png' } },
            { type: 'document', source: { type: 'url', url: 'https://x/y' } },
          ],
        },
      ],
    });
    expect(() => send({ input: [{ role: 'user', content }] })).toThrow('input[0].content[0]');
  });

  test('calls keep the exact bytes of their arguments, results may show images', () => {
    const { body } = send(
      `{"model":"${model}","input":[{"role":"user","content":"hi"},` +
        '{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\\"z\\":12345678901234567890, \\"a\\":1.0}"},' +
        '{"type":"function_call","call_id":"c2","name":"f","arguments":""},' +
        '{"type":"function_call_output","call_id":"c1","output":"ok"},' +
        '{"type":"function_call_output","call_id":"c2","output":[{"type":"input_image","image_url":"data:image/png;base64,QUJD"}]}]}',
    );
    expect(textOf(body)).toContain('"input":{"z":12345678901234567890, "a":1.0}');
    expect(jsonOf(body)).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: [{ toolUse: { toolUseId: 'c1' } }, { toolUse: { toolUseId: 'c2', input: {} } }],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'c1', content: [{ text: 'ok' }] } },
            { toolResult: { toolUseId: 'c2', content: [{ image: { format: 'png' } }] } },
          ],
        },
      ],
    });
  });

  test('arguments that are no object are wrapped, with a warning', () => {
    const input = [hi, { type: 'function_call', call_id: 'c', name: 'f', arguments: 'x' }];
    expect(warningsOf({ input })).toEqual(['input[1].arguments changed']);
  });

  test('reasoning goes back by its encrypted content, and only by that', () => {
    const encrypted = encodeReasoning({ kind: 'thinking', text: 'hm', signature: 'S' });
    const item = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'short' }] };
    expect(
      messages(hi, { ...item, encrypted_content: encrypted }, { role: 'assistant', content: 'so' }, hi),
    ).toEqual([
      { role: 'user', content: [{ text: 'hi' }] },
      {
        role: 'assistant',
        content: [{ reasoningContent: { reasoningText: { text: 'hm', signature: 'S' } } }, { text: 'so' }],
      },
      { role: 'user', content: [{ text: 'hi' }] },
    ]);
    const foreign = [
      'gAAAA',
      btoa('{"mark":"x","kind":"thinking","text":"","signature":""}'),
      btoa('{'),
      btoa('[]'),
      btoa('\xff'),
    ];
    for (const content of [undefined, null, ...foreign]) {
      expect(warningsOf({ input: [hi, { ...item, encrypted_content: content }] })).toEqual([
        'input[1] dropped',
      ]);
    }
  });

  test.each([
    [undefined, 'input'],
    [[], 'input'],
    [7, 'input'],
    ['', 'input'],
    [[7], 'input[0]'],
    [[{ role: 'x', content: 'a' }], 'input[0].role'],
    [[{ role: 'user' }], 'input[0].content'],
    [[{ role: 'user', content: [{ type: 'input_video' }] }], 'input[0].content[0].type'],
    [
      [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } }] }],
      'input[0].content[0]',
    ],
    [[{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }], 'input[0].content[0]'],
    [[{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }], 'input[0].content[0]'],
    [[{ role: 'assistant', content: 'first' }], 'input'],
    [[hi, { type: 'function_call', name: 'f', arguments: '{}' }], 'input[1].call_id'],
    [[hi, { type: 'function_call', call_id: 'c', arguments: '{}' }], 'input[1].name'],
    [[hi, { type: 'function_call_output', output: '' }], 'input[1].call_id'],
    [[hi, { type: 'function_call_output', call_id: 'c' }], 'input[1].output'],
    [[hi, { type: 'item_reference', id: 'rs_1' }], 'input[1]'],
    [[hi, { type: 'web_search_call', id: 'ws_1' }], 'input[1].type'],
  ])('%j is refused, and the field named', (input, param) => {
    expect(errorOf(() => send({ input })).param).toBe(param);
  });
});

describe('settings', () => {
  test('those that the model takes', () => {
    const more = {
      tools: [tool],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
      max_output_tokens: 9,
      temperature: 0.5,
      top_k: 7,
      top_logprobs: 0,
      metadata: { a: 'b' },
      service_tier: 'flex',
      store: false,
      stream_options: { include_obfuscation: false },
      include: ['reasoning.encrypted_content'],
      truncation: 'disabled',
      background: false,
      previous_response_id: null,
      text: { format: { type: 'text' } },
    };
    const { body, warnings } = send(more);
    expect(jsonOf(body)).toMatchObject({
      inferenceConfig: { maxTokens: 9, temperature: 0.5 },
      toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] },
      additionalModelRequestFields: { top_k: 7, tool_choice: { disable_parallel_tool_use: true } },
      requestMetadata: { a: 'b' },
      serviceTier: { type: 'flex' },
    });
    expect(warnings).toEqual([]);
  });

  test('top_p, and thinking in the words of its provider', () => {
    expect(converse({ top_p: 0.25 })).toMatchObject({ inferenceConfig: { topP: 0.25 } });
    const thinking = { type: 'enabled', budget_tokens: 2048 };
    expect(converse({ thinking })).toMatchObject({ additionalModelRequestFields: { thinking } });
  });

  test('schemas of tools keep their bytes', () => {
    const schema = '{"type":"object", "properties":{"b":{"maximum":12345678901234567890},"a":{}}}';
    const body = `{"model":"${model}","input":"hi","tools":[{"type":"function","name":"f","parameters":${schema},"strict":false}]}`;
    expect(textOf(send(body).body)).toContain(`"json":${schema}`);
  });

  test.each([
    ['auto', [{ auto: {} }, 2]],
    ['required', [{ any: {} }, 2]],
    [{ type: 'function', name: 'g' }, [{ tool: { name: 'g' } }, 2]],
    [{ type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] }, [{ any: {} }, 1]],
  ])('tool_choice %j', (choice, [toolChoice, count]) => {
    const sent = converse({ tools: [tool, { ...tool, name: 'g' }], tool_choice: choice });
    const { tools, toolChoice: sentChoice } = sent['toolConfig'] as { tools: object[]; toolChoice: object };
    expect([sentChoice, tools.length]).toEqual([toolChoice, count]);
  });

  test('reasoning and structured output in the words of each provider', () => {
    const format = {
      type: 'json_schema',
      name: 'x',
      description: 'd',
      schema: { type: 'object' },
      strict: true,
    };
    const more = { reasoning: { effort: 'low', summary: 'auto' }, text: { format } };
    expect(converse(more)).toMatchObject({
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
      outputConfig: { textFormat: { structure: { jsonSchema: { name: 'x', description: 'd' } } } },
    });
    const direct = jsonOf(
      send({ ...more, user: 'u', model: 'claude-opus-4-6' }, testTarget('Anthropic')).body,
    );
    expect(direct).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low', format: { type: 'json_schema' } },
      metadata: { user_id: 'u' },
    });
  });

  test.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ conversation: 'conv_1' }, 'conversation'],
    [{ prompt: { id: 'p' } }, 'prompt'],
    [{ background: true }, 'background'],
    [{ top_logprobs: 2 }, 'top_logprobs'],
    [{ include: ['message.output_text.logprobs'] }, 'include[0]'],
    [{ include: 'all' }, 'include'],
    [{ tools: [{ type: 'web_search' }] }, 'tools[0]'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ tools: [tool], tool_choice: { type: 'web_search' } }, 'tool_choice.type'],
    [{ tools: [tool], tool_choice: { type: 'function', name: 'z' } }, 'tool_choice'],
    [{ tools: [tool], tool_choice: 'any' }, 'tool_choice'],
    [{ text: { format: { type: 'grammar' } } }, 'text.format.type'],
    [{ text: { format: { type: 'json_schema' } } }, 'text.format.name'],
    [{ reasoning: 'high' }, 'reasoning'],
    [{ max_output_tokens: 0 }, 'max_output_tokens'],
    [{ instructions: ['x'] }, 'instructions'],
    [{ store: 'yes' }, 'store'],
  ])('%j is refused, and the field named', (more, param) => {
    expect(errorOf(() => send(more)).param).toBe(param);
  });

  test.each([
    [{ store: true }, ['store changed']],
    [{ truncation: 'auto' }, ['truncation dropped']],
    [{ include: ['web_search_call.results'] }, ['include[0] dropped']],
    [{ text: { verbosity: 'low' } }, ['text.verbosity dropped']],
    [{ reasoning: { context: 'all_turns', generate_summary: 'auto' } }, ['reasoning.context dropped']],
    [{ max_tool_calls: 3, prompt_cache_key: 'k' }, ['max_tool_calls dropped', 'prompt_cache_key dropped']],
    [{ user: 'u' }, ['user dropped']],
    [{ response_format: { type: 'text' }, messages: [] }, ['response_format dropped', 'messages dropped']],
    [{ model: 'meta.llama3-1-8b-instruct-v1:0', reasoning: { effort: 'low' } }, ['reasoning.effort dropped']],
    [{ text: { format: { type: 'json_object' } } }, ['text.format changed']],
    [{ max_output_tokens: 5, reasoning: { effort: 'low' } }, ['max_output_tokens changed']],
    [
      { model: 'meta.llama3-1-8b-instruct-v1:0', tools: [{ ...tool, strict: true }] },
      ['tools[0].strict dropped'],
    ],
  ])('%j is warned of by the client’s own names', (more, warnings) => {
    expect(warningsOf(more)).toEqual(warnings);
  });

  test('what is dropped is refused where the backend says so', () => {
    const target = testTarget('AWSBedrock', { unsupportedFields: 'Reject' });
    expect(() => send({ text: { verbosity: 'low' } }, target)).toThrow('text.verbosity is not supported');
    expect(warningsOf({ store: true }, target)).toEqual(['store changed']);
  });
});
