import type { JsonObject } from '../json.ts';
import { validateInvokeMessages } from './validate-messages.ts';

const claude = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const base = {
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'hi' }],
};
const tool = { name: 'f', input_schema: { type: 'object' } };
const without = (name: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(base).filter(([key]) => key !== name));
const extra = (path: string): string => `${path}: Extra inputs are not permitted`;

const found = [{ type: 'tool_reference', tool_name: 'f' }];
const searched = {
  ...base,
  messages: [
    ...base.messages,
    { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'search', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: found }] },
  ],
};

describe('accepted on InvokeModel', () => {
  test.each([
    ['the smallest body', base],
    ["the version that Anthropic's SDK for Bedrock sends", { ...base, anthropic_version: '2026-10-21' }],
    [
      'every field that Bedrock takes',
      {
        ...base,
        system: 's',
        stop_sequences: ['x'],
        temperature: 1,
        top_p: 1,
        top_k: 1,
        tools: [tool],
        tool_choice: { type: 'auto' },
        metadata: { user_id: 'u' },
        output_config: {},
        anthropic_beta: [],
      },
    ],
    [
      'a beta that Bedrock knows',
      { ...base, anthropic_beta: ['context-1m-2025-08-07', 'mid-conversation-tools-2026-07-01'] },
    ],
    [
      'context management with its beta',
      { ...base, anthropic_beta: ['context-management-2025-06-27'], context_management: { edits: [] } },
    ],
    [
      'deferred tools with their beta',
      { ...base, anthropic_beta: ['tool-search-tool-2025-10-19'], tools: [{ ...tool, defer_loading: true }] },
    ],
    [
      'what a search for tools found, with its beta',
      { ...searched, anthropic_beta: ['tool-search-tool-2025-10-19'], tools: [tool] },
    ],
    [
      'an hour of caching on a new Claude',
      { ...base, system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
    ],
    ['a bash tool', { ...base, tools: [{ type: 'bash_20250124', name: 'bash' }] }],
  ])('%s', (_, body) => {
    expect(validateInvokeMessages(body as JsonObject, claude)).toBeUndefined();
  });
});

describe('refused on InvokeModel', () => {
  test.each([
    ['no version', without('anthropic_version'), 'anthropic_version: Field required'],
    [
      'an empty version',
      { ...base, anthropic_version: '' },
      "anthropic_version: Input should be 'bedrock-2023-05-31'",
    ],
    [
      "Anthropic's own version",
      { ...base, anthropic_version: '2023-06-01' },
      "anthropic_version: Input should be 'bedrock-2023-05-31'",
    ],
    ['no token limit', without('max_tokens'), 'max_tokens: Field required'],
    ['the model', { ...base, model: claude }, extra('model')],
    ['stream', { ...base, stream: true }, extra('stream')],
    ['service tier', { ...base, service_tier: 'auto' }, extra('service_tier')],
    ['a field of nobody', { ...base, toString: 1 }, extra('toString')],
    ['context management without its beta', { ...base, context_management: {} }, extra('context_management')],
    [
      'an unknown beta',
      { ...base, anthropic_beta: ['context-1m-2025-08-07', 'made-up'] },
      'invalid beta flag',
    ],
    [
      'betas that are no list',
      { ...base, anthropic_beta: 'context-1m-2025-08-07' },
      'anthropic_beta: Input should be a valid list',
    ],
    [
      'a cache scope',
      {
        ...base,
        system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', scope: 'global' } }],
      },
      extra('cache_control.ephemeral.scope'),
    ],
    [
      'deferred tools without their beta',
      { ...base, tools: [{ ...tool, defer_loading: true }] },
      extra('tools.0.custom.defer_loading'),
    ],
    [
      'what a search for tools found, without its beta',
      { ...searched, tools: [tool] },
      "messages.2.content.0.tool_result.content.0: Input tag 'tool_reference' found using 'type' does not match any of the expected tags: 'document', 'image', 'search_result', 'text'",
    ],
    [
      'eager input streaming',
      { ...base, tools: [tool, { ...tool, name: 'g', eager_input_streaming: true }] },
      extra('tools.1.custom.eager_input_streaming'),
    ],
    [
      'a long tool name',
      { ...base, tools: [{ ...tool, name: 'a'.repeat(65) }] },
      'tools.0.custom.name: String should have at most 64 characters',
    ],
  ])('%s', (_, body, message) => {
    expect(validateInvokeMessages(body as JsonObject, claude)).toBe(message);
  });

  test.each([
    [
      'web search',
      { ...base, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      /^tools\.0: Input tag 'web_search_20250305'/,
    ],
    [
      'an image by URL',
      {
        ...base,
        messages: [
          {
            role: 'user',
            content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }],
          },
        ],
      },
      /^messages\.0\.content\.0\.image\.source: Input tag 'url'/,
    ],
  ])('%s', (_, body, message) => {
    expect(validateInvokeMessages(body as JsonObject, claude)).toMatch(message);
  });
});
