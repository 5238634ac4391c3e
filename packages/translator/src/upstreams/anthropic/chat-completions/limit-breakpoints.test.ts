import { sent, warningsOf } from '../../../testing/chat-to-claude.ts';

const cached = { cache_control: { type: 'ephemeral' } };
const text = (value: string): object => ({ type: 'text', text: value, ...cached });

const request = {
  tools: [{ type: 'function', function: { name: 'f' }, ...cached }],
  messages: [
    { role: 'system', content: [text('s')] },
    { role: 'user', content: [text('u')] },
    { role: 'assistant', tool_calls: [{ id: '1', function: { name: 'f', arguments: '{}' }, ...cached }] },
    { role: 'tool', tool_call_id: '1', content: [text('r')], ...cached },
  ],
};

test('beyond four breakpoints the last in the order of the prompt are kept, with a warning', () => {
  const marked = { cache_control: { type: 'ephemeral' } };
  expect(sent(request)).toMatchObject({
    tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
    system: [{ type: 'text', text: 's' }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'u', ...marked }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: '1', ...marked }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', content: [{ type: 'text', text: 'r', ...marked }], ...marked }],
      },
    ],
  });
  expect(JSON.stringify(sent(request)).match(/cache_control/g)).toHaveLength(4);
  expect(warningsOf(request)).toEqual([
    'tools[0].cache_control dropped',
    'messages[0].content[0].cache_control dropped',
  ]);
});

test('four are left alone, results within results included', () => {
  const { tools, messages } = request;
  const [, ...turns] = messages;
  expect(warningsOf({ tools: [{ ...tools[0], cache_control: null }], messages: turns })).toEqual([]);
});

test('the content of a result is read before its end', () => {
  const more = [...request.messages, { role: 'user', content: [text('1'), text('2'), text('3')] }];
  expect(warningsOf({ messages: more })).toEqual([
    'messages[0].content[0].cache_control dropped',
    'messages[1].content[0].cache_control dropped',
    'messages[2].tool_calls[0].function.cache_control dropped',
    'messages[3].content[0].cache_control dropped',
  ]);
  const blocks = sent({ messages: more })['messages'];
  expect(JSON.stringify(blocks)).toContain('"content":[{"type":"text","text":"r"}],"cache_control"');
});
