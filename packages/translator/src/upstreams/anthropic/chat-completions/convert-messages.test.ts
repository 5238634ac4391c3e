import fc from 'fast-check';
import { jsonOf, textOf } from '../../../testing/run-translator.ts';
import {
  direct,
  errorOf,
  invoke,
  messages,
  sent,
  sonnet45,
  turns,
  warningsOf,
} from '../../../testing/chat-to-claude.ts';

describe('messages', () => {
  const convert = (list: unknown[], model = sonnet45) => sent({ messages: list }, model);

  test('system and developer messages become the system prompt, one block for each part', () => {
    const body = convert([
      { role: 'system', content: 'one' },
      {
        role: 'developer',
        content: [{ type: 'text', text: 'two', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      },
      { role: 'user', content: 'hi' },
    ]);
    expect(body['system']).toEqual([
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ]);
  });

  test('a long ttl goes only to models that have it', () => {
    const content = [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }];
    const request = invoke({
      model: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
      messages: [{ role: 'user', content }],
    });
    expect(jsonOf(request.body)).toMatchObject({
      messages: [{ content: [{ cache_control: { type: 'ephemeral' } }] }],
    });
    expect(textOf(request.body)).not.toContain('1h');
  });

  test('turns of one role become one, results first; blank text is nothing; nobody guesses errors [A83]', () => {
    const body = convert([
      { role: 'user', content: 'a' },
      {
        role: 'user',
        content: [
          { type: 'text', text: ' ' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '' } },
          { id: 'c2', type: 'function', function: { name: 'g', arguments: '{"n": 12345678901234567890}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: '{"error":null}' },
      { role: 'user', content: 'thanks' },
      { role: 'tool', tool_call_id: 'c2', content: '' },
      { role: 'assistant', content: 'so  ' },
    ]);
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'c1', name: 'f', input: {} },
          {
            type: 'tool_use',
            id: 'c2',
            name: 'g',
            input: JSON.parse('{"n":12345678901234567890}') as unknown,
          },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: '{"error":null}' }] },
          { type: 'tool_result', tool_use_id: 'c2' },
          { type: 'text', text: 'thanks' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'so' }] },
    ]);
    expect(body['tools']).toEqual([
      { name: 'f', input_schema: { type: 'object', properties: {} } },
      { name: 'g', input_schema: { type: 'object', properties: {} } },
    ]);
  });

  test('arguments and schemas keep their bytes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (object, value) => {
        const args = JSON.stringify({ n: 1, ...object }, null, 1);
        const schema = `{"type":"object", "x":${JSON.stringify(value, null, 2)},"big":12345678901234567890}`;
        const call = { id: 'c', type: 'function', function: { name: 'f', arguments: args } };
        const list = JSON.stringify([{ role: 'assistant', tool_calls: [call] }, ...messages]);
        const body = `{"model":"m","messages":${list},"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}]}`;
        const out = textOf(direct(body).body);
        expect(out).toContain(`"input":${args}}`);
        expect(out).toContain(`"input_schema":${schema}}`);
      }),
    );
  });

  test('reasoning that we gave out is taken back with its signature; unsigned reasoning is not [A43]', () => {
    const blocks = [
      { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'QUJD' },
      { type: 'thinking', thinking: 'x', signature: '' },
    ];
    const history = [{ role: 'assistant', content: 'a', thinking_blocks: blocks }, ...messages];
    expect(convert(history)['messages']).toEqual([
      { role: 'assistant', content: [...blocks.slice(0, 2), { type: 'text', text: 'a' }] },
      ...turns,
    ]);
    expect(warningsOf({ messages: history })).toEqual(['messages[0].thinking_blocks[2] dropped']);
    expect(
      convert([{ role: 'assistant', content: 'a', reasoning_content: 'r' }, ...messages])['messages'],
    ).toEqual([{ role: 'assistant', content: [{ type: 'text', text: 'a' }] }, ...turns]);
  });

  test('calls and results that a client replays count once', () => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    const list = [
      { role: 'assistant', tool_calls: [call, call] },
      { role: 'tool', tool_call_id: 'c', content: 'first' },
      { role: 'tool', tool_call_id: 'c', content: 'again' },
    ];
    expect(convert(list)['messages']).toEqual([
      { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: 'first' }] }],
      },
    ]);
  });

  test('system messages between turns move to the front, with a warning; those in front without', () => {
    const list = [{ role: 'system', content: 'one' }, ...messages, { role: 'system', content: 'two' }];
    expect(convert(list)['system']).toEqual([
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ]);
    expect(warningsOf({ messages: list })).toEqual(['messages[2].content changed']);
  });

  test('nothing to answer is refused', () => {
    expect(errorOf(() => convert([{ role: 'user', content: ' ' }])).param).toBe('messages');
  });

  test('ids that Claude refuses are rewritten alike in call and result', () => {
    const id = 'call:1 ü' + 'x'.repeat(80);
    const body = convert([
      { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: id, content: 'ok' },
    ]) as { messages: { content: { id?: string; tool_use_id?: string }[] }[] };
    const [call, result] = body.messages.map((message) => message.content[0]);
    expect(call?.id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(result?.tool_use_id).toBe(call?.id);
  });
});
