import { createTranslator } from '../../registry.ts';
import { sendWithSdk, wireOf } from '../../testing/aws-requests.ts';
import { testContext, testRequest, testTarget } from '../../testing/run-translator.ts';
import type { Endpoint, UpstreamRequest, UpstreamTarget } from '../../translator.ts';

const sonnet45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const opus46 = 'anthropic.claude-opus-4-6-v1';
const nova = 'us.amazon.nova-pro-v1:0';
const profile = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
const hi = { role: 'user', content: 'hi' };
const png = 'data:image/png;base64,iVBORw0KGgo=';
const pdf = 'data:application/pdf;base64,JVBERi0x';
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tool = {
  type: 'function',
  function: { name: 'weather', description: 'of a city', parameters: schema },
};
const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } };
const history = [
  hi,
  { role: 'assistant', content: null, tool_calls: [call] },
  { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
];
const media = [
  { type: 'text', text: 'look', cache_control: { type: 'ephemeral', ttl: '1h' } },
  { type: 'image_url', image_url: { url: png } },
  { type: 'file', file: { filename: 'a.pdf', file_data: pdf } },
];
const thinking = [
  { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
  { type: 'redacted_thinking', data: 'cmVk' },
];
const answerSchema = { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } };
const images = [
  { type: 'text', text: 'look', cache_control: { type: 'ephemeral' } },
  { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
  { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' } },
];
const uses = [
  hi,
  { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Rome' } }] },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', is_error: true, content: 'no' }] },
];
const messagesTool = { name: 'weather', description: 'of a city', input_schema: schema };

type Row = readonly [
  title: string,
  endpoint: Endpoint,
  body: object,
  target?: Partial<UpstreamTarget> | undefined,
];
const converse = { messagesVia: 'Converse' } as const;

const rows: readonly Row[] = [
  ['a plain chat', 'chatCompletions', { model: nova, messages: [{ role: 'system', content: 's' }, hi] }],
  ['a streamed chat', 'chatCompletions', { model: nova, stream: true, messages: [hi] }],
  ['a chat with a profile', 'chatCompletions', { model: profile, messages: [hi] }, { modelFamily: 'claude' }],
  [
    'sampling',
    'chatCompletions',
    { model: nova, messages: [hi], max_tokens: 9, temperature: 0.5, top_p: 0.5, stop: ['a'] },
  ],
  [
    'tools',
    'chatCompletions',
    { model: sonnet45, messages: history, tools: [tool], tool_choice: 'required' },
  ],
  [
    'a tool by name',
    'chatCompletions',
    {
      model: sonnet45,
      messages: [hi],
      tools: [tool],
      tool_choice: { type: 'function', function: { name: 'weather' } },
    },
  ],
  [
    'media and cache points',
    'chatCompletions',
    { model: sonnet45, messages: [{ role: 'user', content: media }] },
  ],
  ['thinking', 'chatCompletions', { model: opus46, reasoning_effort: 'high', messages: [hi] }],
  [
    'thinking in the history',
    'chatCompletions',
    {
      model: sonnet45,
      reasoning_effort: 'low',
      messages: [hi, { role: 'assistant', content: 'so', thinking_blocks: thinking }, hi],
    },
  ],
  [
    'a schema for the answer',
    'chatCompletions',
    { model: sonnet45, messages: [hi], response_format: answerSchema },
  ],
  ['a schema as a tool', 'chatCompletions', { model: nova, messages: [hi], response_format: answerSchema }],
  [
    'tier, metadata, guardrail',
    'chatCompletions',
    {
      model: nova,
      messages: [hi],
      service_tier: 'priority',
      metadata: { a: 'b' },
      guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1', trace: 'enabled' },
    },
  ],
  ['a message', 'messages', { model: nova, max_tokens: 9, system: 's', messages: [hi] }],
  [
    'a streamed message with tools',
    'messages',
    { model: nova, max_tokens: 9, stream: true, messages: uses, tools: [messagesTool] },
  ],
  [
    'a message with media',
    'messages',
    { model: sonnet45, max_tokens: 9, messages: [{ role: 'user', content: images }] },
    converse,
  ],
  [
    'a message with thinking',
    'messages',
    {
      model: sonnet45,
      max_tokens: 2000,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [hi, { role: 'assistant', content: [...thinking, { type: 'text', text: 'so' }] }, hi],
    },
    converse,
  ],
  [
    'a message of Claude',
    'messages',
    { model: sonnet45, max_tokens: 9, messages: uses, tools: [messagesTool] },
  ],
  [
    'a streamed message of Claude',
    'messages',
    { model: sonnet45, max_tokens: 9, stream: true, messages: [hi] },
  ],
  ['a count', 'countTokens', { model: nova, messages: uses, tools: [messagesTool] }],
  ['a count of Claude', 'countTokens', { model: sonnet45, messages: [hi] }],
  ['a response', 'responses', { model: nova, input: 'hi', instructions: 's' }],
  ['an embedding', 'embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'hi' }],
];

function send([, endpoint, body, target]: Row): UpstreamRequest {
  return createTranslator(
    testRequest(endpoint, body),
    testTarget('AWSBedrock', target),
    testContext,
  ).request();
}

test.each(rows.map((row) => ({ title: row[0], row })))(
  "AWS's SDK sends the same request: $title",
  async ({ row }) => {
    const request = send(row);
    expect(await sendWithSdk(request)).toEqual(wireOf(request));
  },
);

test("AWS's SDK would leave out a field that Bedrock does not have", async () => {
  const request = send(['', 'chatCompletions', { model: nova, messages: [hi] }]);
  const body = new TextEncoder().encode('{"messages":[{"role":"user","content":[{"text":"hi"}]}],"more":1}');
  expect(await sendWithSdk({ ...request, body })).toEqual(wireOf(request));
});
