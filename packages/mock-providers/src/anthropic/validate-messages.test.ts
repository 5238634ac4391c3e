import { redactThinking, signThinking } from '../brain/sign-thinking.ts';
import { modelTraits } from '../model-ids.ts';
import { findExtraField } from './validate-fields.ts';
import { validateMessages } from './validate-messages.ts';

const user = (content: unknown): object => ({ role: 'user', content });
const assistant = (content: unknown): object => ({ role: 'assistant', content });
const text = { type: 'text', text: 'hi' };
const use = (id = 't1', input: unknown = {}): object => ({ type: 'tool_use', id, name: 'f', input });
const result = (id = 't1', content: unknown = 'ok'): object => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
});
const thinking = (given: string, signature: unknown = signThinking(given)): object => ({
  type: 'thinking',
  thinking: given,
  signature,
});
const tool = { name: 'f', input_schema: { type: 'object' } };
const base = { max_tokens: 3000, messages: [user('hi')] };
const enabled = { type: 'enabled', budget_tokens: 2000 };
const mark = { cache_control: { type: 'ephemeral' } };

function check(changes: object, model = 'claude-sonnet-4-5'): string | undefined {
  return validateMessages({ ...base, ...changes }, modelTraits(model));
}

describe('accepted', () => {
  test.each([
    ['a string', {}],
    ['blocks', { messages: [user([text])] }],
    ['two users in a row', { messages: [user('a'), user('b')] }],
    ['a prefilled answer', { messages: [user('a'), assistant('I think')] }],
    ['an empty last answer', { messages: [user('a'), assistant('')] }],
    [
      'tool calls and results',
      { messages: [user('a'), assistant([use('a'), use('b')]), user([result('b'), result('a'), text])] },
    ],
    [
      'results spread over two user messages',
      { messages: [user('a'), assistant([use('a'), use('b')]), user([result('a')]), user([result('b')])] },
    ],
    ['thinking', { thinking: enabled }],
    ['adaptive thinking', { thinking: { type: 'adaptive' } }],
    ['thinking switched off with a temperature', { thinking: { type: 'disabled' }, temperature: 0.2 }],
    [
      'a thinking tool loop',
      { thinking: enabled, messages: [user('a'), assistant([thinking('hm'), use()]), user([result()])] },
    ],
    [
      'redacted thinking',
      {
        messages: [
          user('a'),
          assistant([{ type: 'redacted_thinking', data: redactThinking('x') }, text]),
          user('b'),
        ],
      },
    ],
    ['tool_choice none without tools', { tool_choice: { type: 'none' } }],
    [
      'four cache marks',
      {
        system: [{ ...text, ...mark }],
        tools: [{ ...tool, ...mark }],
        messages: [
          user([
            { ...text, ...mark },
            { ...text, ...mark },
          ]),
        ],
      },
    ],
    [
      'an image by URL',
      { messages: [user([{ type: 'image', source: { type: 'url', url: 'https://x.example' } }])] },
    ],
    [
      'an image',
      {
        messages: [
          user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } }]),
        ],
      },
    ],
  ])('%s', (_, changes) => {
    expect(check(changes)).toBeUndefined();
  });
});

describe('refused', () => {
  test.each([
    ['no token limit', { max_tokens: undefined }, /^max_tokens: Field required$/],
    ['zero tokens', { max_tokens: 0 }, /^max_tokens: must be greater than or equal to 1$/],
    ['half a token', { max_tokens: 1.5 }, /^max_tokens: Input should be a valid integer$/],
    ['no messages', { messages: undefined }, /^messages: Field required$/],
    ['an empty list', { messages: [] }, /^messages: at least one message is required$/],
    ['no list', { messages: 'hi' }, /^messages: Input should be a valid list$/],
    ['a message that is a string', { messages: ['hi'] }, /^messages\.0: Input should be a valid dictionary$/],
    [
      'role system',
      { messages: [user('a'), { role: 'system', content: 'x' }] },
      /^messages: Unexpected role "system"/,
    ],
    [
      'role tool',
      { messages: [{ role: 'tool', content: 'x' }] },
      /^messages\.0\.role: Input should be 'user' or 'assistant'$/,
    ],
    [
      'an extra key in a message',
      { messages: [{ role: 'user', content: 'x', name: 'y' }] },
      /^messages\.0\.name: Extra inputs are not permitted$/,
    ],
    [
      'an assistant first',
      { messages: [assistant('x')] },
      /^messages: first message must use the "user" role$/,
    ],
    ['temperature above 1', { temperature: 1.5 }, /^temperature: range: 0\.\.1$/],
    ['temperature as text', { temperature: '1' }, /^temperature: Input should be a valid number$/],
    ['top_k as fraction', { top_k: 1.5 }, /^top_k: Input should be a valid integer$/],
    [
      'a blank stop sequence',
      { stop_sequences: ['\n'] },
      /^stop_sequences: each stop sequence must contain non-whitespace$/,
    ],
    ['empty content', { messages: [user([])] }, /^messages\.0: all messages must have non-empty content/],
    ['no content', { messages: [{ role: 'user' }] }, /^messages\.0\.content: Field required$/],
    [
      'empty text',
      { messages: [user([{ type: 'text', text: '' }])] },
      /^messages: text content blocks must be non-empty$/,
    ],
    ['blank text', { messages: [user([{ type: 'text', text: ' ' }])] }, /must contain non-whitespace text$/],
    [
      'empty text in a tool result',
      { messages: [user('a'), assistant([use()]), user([result('t1', [{ type: 'text', text: '' }])])] },
      /text content blocks must be non-empty/,
    ],
    [
      'empty system text',
      { system: [{ type: 'text', text: '' }] },
      /^system: text content blocks must be non-empty$/,
    ],
    ['a number as system', { system: 1 }, /^system: Input should be a valid list$/],
    ['a number as content', { messages: [user(1)] }, /^messages\.0\.content: Input should be a valid list$/],
    [
      'a string as block',
      { messages: [user(['hi'])] },
      /^messages\.0\.content\.0: Input should be a valid dictionary$/,
    ],
    [
      'a number as text',
      { messages: [user([{ type: 'text', text: 1 }])] },
      /^messages\.0\.content\.0\.text\.text: Input should be a valid string$/,
    ],
    [
      'a tool without a name',
      { tools: [{ input_schema: { type: 'object' } }] },
      /^tools\.0\.custom\.name: Field required$/,
    ],
    ['an image as system', { system: [{ type: 'image' }] }, /^system\.0\.type: Input should be 'text'$/],
    [
      'trailing space in a prefilled answer',
      { messages: [user('a'), assistant('I ')] },
      /cannot end with trailing whitespace$/,
    ],
    [
      'an unknown block',
      { messages: [user([{ type: 'hologram' }])] },
      /^messages\.0\.content\.0: Input tag 'hologram'/,
    ],
    [
      'a block without a type',
      { messages: [user([{ text: 'x' }])] },
      /^messages\.0\.content\.0\.type: Field required$/,
    ],
    [
      'an image type that does not exist',
      {
        messages: [
          user([{ type: 'image', source: { type: 'base64', media_type: 'image/jpg', data: 'aGk=' } }]),
        ],
      },
      /media_type: Input should be 'image\/jpeg'/,
    ],
    [
      'an image that is no base64',
      {
        messages: [
          user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: '%%' } }]),
        ],
      },
      /valid base64$/,
    ],
    [
      'tool input as text',
      { messages: [user('a'), assistant([use('t1', '{}')]), user([result()])] },
      /tool_use\.input: Input should be a valid dictionary$/,
    ],
    [
      'a tool id with a dot',
      { messages: [user('a'), assistant([use('a.b')]), user([result('a.b')])] },
      /tool_use\.id: String should match pattern/,
    ],
    [
      'a tool name with a dot',
      { tools: [{ ...tool, name: 'a.b' }] },
      /^tools\.0\.custom\.name: String should match pattern/,
    ],
    [
      'a tool without a schema',
      { tools: [{ name: 'f' }] },
      /^tools\.0\.custom\.input_schema: Field required$/,
    ],
    [
      'a schema without a type',
      { tools: [{ name: 'f', input_schema: {} }] },
      /^tools\.0\.custom\.input_schema\.type: Input should be 'object'$/,
    ],
    ['two tools of one name', { tools: [tool, tool] }, /^tools: Tool names must be unique\.$/],
    ['a choice without tools', { tool_choice: { type: 'auto' } }, /only be specified while providing tools$/],
    [
      'a choice of another tool',
      { tools: [tool], tool_choice: { type: 'tool', name: 'none' } },
      /^Tool 'none' not found in provided tools$/,
    ],
    [
      'a choice of no known kind',
      { tools: [tool], tool_choice: { type: 'required' } },
      /^tool_choice: Input tag 'required'/,
    ],
    [
      'a call without a result',
      { messages: [user('a'), assistant([use()]), user('b')] },
      /^messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1\./,
    ],
    [
      'a call at the end',
      { messages: [user('a'), assistant([use()])] },
      /^messages\.1: `tool_use` ids were found/,
    ],
    [
      'a result without a call',
      { messages: [user([result()])] },
      /^messages\.0\.content\.0: unexpected `tool_use_id` found in `tool_result` blocks: t1\./,
    ],
    [
      'two results for one call',
      { messages: [user('a'), assistant([use()]), user([result(), result()])] },
      /each tool_use must have a single result/,
    ],
    [
      'two calls of one id',
      { messages: [user('a'), assistant([use(), use()]), user([result()])] },
      /`tool_use` ids must be unique/,
    ],
    [
      'five cache marks',
      { system: Array(5).fill({ ...text, ...mark }) },
      /^A maximum of 4 blocks with cache_control may be provided\. Found 5\.$/,
    ],
    [
      'a ttl that does not exist',
      { system: [{ ...text, cache_control: { type: 'ephemeral', ttl: '1d' } }] },
      /ttl: Input should be '5m' or '1h'$/,
    ],
    [
      'a cache type that does not exist',
      { system: [{ ...text, cache_control: { type: 'forever' } }] },
      /^cache_control: /,
    ],
    ['a thinking type that does not exist', { thinking: { type: 'on' } }, /^thinking: Input tag 'on'/],
    ['thinking without a type', { thinking: {} }, /^thinking\.type: Field required$/],
    ['thinking without a budget', { thinking: { type: 'enabled' } }, /budget_tokens: Field required$/],
    [
      'a budget below 1024',
      { thinking: { type: 'enabled', budget_tokens: 1023 } },
      /greater than or equal to 1024$/,
    ],
    [
      'a budget as large as the limit',
      { thinking: { type: 'enabled', budget_tokens: 3000 } },
      /^`max_tokens` must be greater than `thinking\.budget_tokens`/,
    ],
    [
      'thinking with a temperature',
      { thinking: enabled, temperature: 0.5 },
      /^`temperature` may only be set to 1 when thinking is enabled/,
    ],
    ['thinking with top_k', { thinking: enabled, top_k: 5 }, /^`top_k` must be unset/],
    [
      'thinking with a low top_p',
      { thinking: enabled, top_p: 0.5 },
      /^`top_p` must be greater than or equal to 0\.95/,
    ],
    [
      'thinking with a forced tool',
      { thinking: enabled, tools: [tool], tool_choice: { type: 'any' } },
      /forces tool use\.$/,
    ],
    [
      'a wrong signature',
      { messages: [user('a'), assistant([thinking('hm', signThinking('ho')), text]), user('b')] },
      /^messages\.1\.content\.0: Invalid signature in thinking block$/,
    ],
    [
      'an empty signature',
      { messages: [user('a'), assistant([thinking('hm', ''), text]), user('b')] },
      /Invalid signature in thinking block$/,
    ],
    [
      'no signature',
      { messages: [user('a'), assistant([{ type: 'thinking', thinking: 'hm' }, text]), user('b')] },
      /^messages\.1\.content\.0\.thinking\.signature: Field required$/,
    ],
    [
      'foreign redacted thinking',
      { messages: [user('a'), assistant([{ type: 'redacted_thinking', data: 'aGk=' }, text]), user('b')] },
      /Invalid data in redacted_thinking block$/,
    ],
    [
      'a tool loop that lost its thinking',
      { thinking: enabled, messages: [user('a'), assistant([use()]), user([result()])] },
      /^messages\.1\.content\.0\.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
    ],
  ])('%s', (_, changes, message) => {
    expect(check(changes)).toMatch(message);
  });

  test.each([
    'claude-3-5-sonnet-20241022',
    'anthropic.claude-3-haiku-20240307-v1:0',
    'us.anthropic.claude-3-opus-20240229-v1:0',
  ])('%s has no thinking', (model) => {
    expect(check({ thinking: enabled }, model)).toMatch(/does not support extended thinking/);
  });

  test('an hour of caching on an old Claude', () => {
    const system = [{ ...text, cache_control: { type: 'ephemeral', ttl: '1h' } }];
    expect(check({ system }, 'claude-3-5-sonnet-20241022')).toMatch(/does not support a ttl of 1h/);
    expect(check({ system })).toBeUndefined();
  });
});

test("fields of Anthropic's API and no others", () => {
  expect(findExtraField({ model: 'm', stream: true, service_tier: 'auto', container: 'c' })).toBeUndefined();
  expect(findExtraField({ model: 'm', n: 2 })).toBe('n: Extra inputs are not permitted');
});
