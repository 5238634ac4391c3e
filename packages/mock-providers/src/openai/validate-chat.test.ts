import { validateChat } from './validate-chat.ts';

const user = { role: 'user', content: 'hi' };
const call = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
};
const answer = { role: 'tool', tool_call_id: 'c1', content: 'ok' };
const tool = { type: 'function', function: { name: 'f' } };

test.each([
  ['a user message', { messages: [user] }],
  ['a tool exchange', { messages: [user, call, answer, user] }],
  [
    'a system prompt by either name',
    { messages: [{ role: 'system', content: 's' }, { role: 'developer', content: 'd' }, user] },
  ],
  [
    'limits',
    {
      messages: [user],
      temperature: 2,
      top_p: 0,
      n: 2,
      max_completion_tokens: 1,
      stop: ['a', 'b', 'c', 'd'],
    },
  ],
  [
    'a forced tool',
    { messages: [user], tools: [tool], tool_choice: { type: 'function', function: { name: 'f' } } },
  ],
])('accepts %s', (_, body) => {
  expect(validateChat(body)).toBeUndefined();
});

test.each([
  ['no messages', {}, 'messages', /Missing required parameter/],
  ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'messages.[0]', /Supported values/],
  ['no content', { messages: [{ role: 'user' }] }, 'messages.[0].content', /expected a string/],
  [
    'a result without a call',
    { messages: [user, answer] },
    'messages.[1]',
    /must be a response to a preceding message/,
  ],
  [
    'a result twice',
    { messages: [user, call, answer, answer] },
    'messages.[3]',
    /must be a response to a preceding message/,
  ],
  [
    'a call without a result',
    { messages: [user, call, user] },
    'messages.[2]',
    /did not have response messages: c1/,
  ],
  ['a call at the end', { messages: [user, call] }, 'messages', /did not have response messages: c1/],
  ['temperature above 2', { messages: [user], temperature: 2.1 }, 'temperature', /between 0 and 2/],
  ['no tokens', { messages: [user], max_tokens: 0 }, 'max_tokens', /between 1/],
  ['a limit as text', { messages: [user], max_tokens: '5' }, 'max_tokens', /expected a number/],
  ['five stops', { messages: [user], stop: ['1', '2', '3', '4', '5'] }, 'stop', /at most 4/],
  [
    'stream options without a stream',
    { messages: [user], stream_options: { include_usage: true } },
    'stream_options',
    /when 'stream' is enabled/,
  ],
  [
    'a tool name with a dot',
    { messages: [user], tools: [{ type: 'function', function: { name: 'a.b' } }] },
    'tools[0].function.name',
    /does not match pattern/,
  ],
  [
    'a choice without tools',
    { messages: [user], tool_choice: 'auto' },
    'tool_choice',
    /only allowed when 'tools'/,
  ],
  [
    'a choice of another tool',
    { messages: [user], tools: [tool], tool_choice: { type: 'function', function: { name: 'g' } } },
    'tool_choice',
    /'g' not found/,
  ],
])('refuses %s', (_, body, param, message) => {
  const problem = validateChat(body);
  expect(problem?.param).toBe(param);
  expect(problem?.message).toMatch(message);
});
