import { errorOf } from '../../../testing/chat-to-claude.ts';
import fc from 'fast-check';
import { errorTable } from '../../../errors.ts';
import {
  assistant,
  buildConverse,
  call,
  convertMessages,
  hi,
  models,
  result,
  sendChat,
  warningsOf,
} from '../../../testing/converse.ts';
import { textOf } from '../../../testing/run-translator.ts';

describe('messages', () => {
  test('system and developer messages come first, with their cache breakpoints [A9]', () => {
    const cached = { type: 'text', text: 'b', cache_control: { type: 'ephemeral' } };
    const body = buildConverse({
      messages: [
        { role: 'system', content: 'a' },
        { role: 'developer', content: [cached] },
        hi,
        { role: 'system', content: 'c' },
      ],
    });
    expect(body.system).toEqual([
      { text: 'a' },
      { text: 'b' },
      { cachePoint: { type: 'default' } },
      { text: 'c' },
    ]);
    expect(body.messages).toEqual([{ role: 'user', content: [{ text: 'hi' }] }]);
  });

  test('neighbours of one role are one turn [A11]', () => {
    expect(convertMessages(hi, { role: 'user', content: 'you' })).toEqual([
      { role: 'user', content: [{ text: 'hi' }, { text: 'you' }] },
    ]);
  });

  test('results of tools lead their turn [A12]', () => {
    const turns = convertMessages(
      hi,
      assistant(call('a'), call('b')),
      { role: 'user', content: 'go on' },
      result('a'),
      result('b'),
    );
    expect(turns[2]!.content.map((block: object) => Object.keys(block)[0])).toEqual([
      'toolResult',
      'toolResult',
      'text',
    ]);
  });

  test('blank text goes nowhere, and empty messages with it [A27] [A28]', () => {
    const blank = [
      { type: 'text', text: ' \n' },
      { type: 'text', text: 'x' },
    ];
    expect(
      convertMessages(
        hi,
        { role: 'assistant', content: '' },
        { role: 'user', content: blank },
        { role: 'user', content: '' },
      ),
    ).toEqual([{ role: 'user', content: [{ text: 'hi' }, { text: 'x' }] }]);
    expect(convertMessages(hi, assistant(call('a')), result('a', ''))[2]).toEqual({
      role: 'user',
      content: [{ toolResult: { toolUseId: 'a', content: [] } }],
    });
  });

  test('the beginning of an answer does not end in white space [A29]', () => {
    expect(convertMessages(hi, { role: 'assistant', content: 'foo  \n' })[1]!.content).toEqual([
      { text: 'foo' },
    ]);
    expect(convertMessages(hi, { role: 'assistant', content: 'foo  ' }, hi)[1]!.content).toEqual([
      { text: 'foo  ' },
    ]);
  });

  test.each([
    [[{ role: 'user', content: '' }], /nothing to answer/],
    [[{ role: 'system', content: 'x' }], /nothing to answer/],
    [[{ role: 'assistant', content: 'x' }, hi], /must begin with a user message/],
    [[], /missing or empty/],
    [[{ role: 'narrator', content: 'x' }], /messages\[0\]\.role is "narrator"/],
    [[{ content: 'x' }], /messages\[0\]\.role is missing/],
    [['hi'], /messages\[0\] must be an object/],
    [[{ role: 'user', content: 5 }], /messages\[0\]\.content must be/],
    [
      [
        {
          role: 'system',
          content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } }],
        },
        hi,
      ],
      /must be text/,
    ],
  ])('%j is refused', (list, message) => {
    expect(() => convertMessages(...list)).toThrow(message);
  });

  test('reasoning goes back with its signature, first, and not without [A43]', () => {
    const thought = {
      role: 'assistant',
      content: 'so',
      thinking_blocks: [
        { type: 'thinking', thinking: 'hm', signature: 'S+/=' },
        { type: 'redacted_thinking', data: 'QUJD' },
        { type: 'thinking', thinking: 'unsigned', signature: '' },
      ],
    };
    expect(convertMessages(hi, thought, hi)[1]!.content).toEqual([
      { reasoningContent: { reasoningText: { text: 'hm', signature: 'S+/=' } } },
      { reasoningContent: { redactedContent: 'QUJD' } },
      { text: 'so' },
    ]);
    expect(
      convertMessages(hi, { role: 'assistant', content: 'so', reasoning_content: 'hm' }, hi)[1]!.content,
    ).toEqual([{ text: 'so' }]);
    expect(buildConverse({ model: models.llama, messages: [hi, thought, hi] }).messages[1]!.content).toEqual([
      { text: 'so' },
    ]);
  });

  test('a refusal is text', () => {
    const parts = [{ type: 'refusal', refusal: 'no' }];
    expect(
      convertMessages(hi, { role: 'assistant', content: parts, refusal: 'never' }, hi)[1]!.content,
    ).toEqual([{ text: 'no' }, { text: 'never' }]);
  });

  test('the retired function messages are calls and results [A44]', () => {
    const turns = convertMessages(
      hi,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
      { role: 'function', name: 'f', content: 'ok' },
    );
    expect(turns[1]!.content).toEqual([{ toolUse: { toolUseId: 'call_0', name: 'f', input: { a: 1 } } }]);
    expect(turns[2]!.content).toEqual([{ toolResult: { toolUseId: 'call_0', content: [{ text: 'ok' }] } }]);
  });
});

describe('calls of tools', () => {
  const inputOf = (args: unknown): string =>
    /"input":(.*?)\}\}\]\}/.exec(
      textOf(sendChat({ model: models.sonnet45, messages: [hi, assistant(call('a', 'f', args))] }).body),
    )![1]!;

  test.each([
    ['', '{}'],
    ['  ', '{}'],
    ['null', '{}'],
    [null, '{}'],
    ['{"id":12345678901234567890,"b":1.0, "a":2}', '{"id":12345678901234567890,"b":1.0, "a":2}'],
    ['not json', '{"rawInvalidInput":"not json"}'],
    ['{"a":1}{"b":2', '{"rawInvalidInput":"{\\"a\\":1}{\\"b\\":2"}'],
    ['{"a":1}[2]', '{"rawInvalidInput":"{\\"a\\":1}[2]"}'],
    ['[1.0]', '{"value":[1.0]}'],
  ])('arguments %j become an object, in their own bytes [A13] [A14] [A15]', (args, expected) => {
    expect(inputOf(args)).toBe(expected);
  });

  test('any JSON object goes on in its own bytes [A15]', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (value, indent) => {
        const args = JSON.stringify(value, null, indent);
        expect(
          textOf(sendChat({ model: models.sonnet45, messages: [hi, assistant(call('a', 'f', args))] }).body),
        ).toContain(`"input":${args}`);
      }),
    );
  });

  test('ids that Bedrock refuses are replaced alike in call and result [A17]', () => {
    const idsOf = (id: string, model = models.sonnet45): (string | undefined)[] => {
      const [, used, answered] = buildConverse({
        model,
        messages: [hi, assistant(call(id)), result(id)],
      }).messages;
      return [used?.content[0]?.toolUse?.toolUseId, answered?.content[0]?.toolResult?.toolUseId];
    };
    expect(idsOf('call_1.a:b-c')).toEqual(['call_1.a:b-c', 'call_1.a:b-c']);
    expect(idsOf('abcdefghi', models.mistral)).toEqual(['abcdefghi', 'abcdefghi']);
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.constantFrom(models.sonnet45, models.mistral),
        (id, model) => {
          const [used, answered] = idsOf(id, model);
          expect(used).toBe(answered);
          expect(used).toMatch(model === models.mistral ? /^[a-zA-Z0-9]{9}$/ : /^[a-zA-Z0-9_.:-]{1,64}$/);
        },
      ),
    );
    expect(idsOf('a b')[0]).not.toBe(idsOf('a_b')[0]);
    expect(idsOf('x'.repeat(80) + '1')[0]).not.toBe(idsOf('x'.repeat(80) + '2')[0]);
  });

  test('a call without an id is refused with 400 [A16]', () => {
    const call = { type: 'function', function: { name: 'f', arguments: '' } };
    const { code, message } = errorOf(() => convertMessages(hi, assistant(call)));
    expect(code).toBe('invalid_request');
    expect(message).toContain('tool_calls[0].id is missing');
    expect(errorTable.invalid_request.status).toBe(400);
  });

  test('arguments of several calls in one are as many calls, each with the result [A14]', () => {
    const args = '{"id":12345678901234567890} {"b":1.0}';
    const messages = [hi, assistant(call('a', 'f', args), call('b')), result('a'), result('b')];
    const turns = convertMessages(...messages);
    expect(turns[1]!.content).toMatchObject([
      { toolUse: { toolUseId: 'a', name: 'f' } },
      { toolUse: { toolUseId: 'a_2', name: 'f', input: { b: 1 } } },
      { toolUse: { toolUseId: 'b' } },
    ]);
    expect(textOf(sendChat({ model: models.sonnet45, messages }).body)).toContain(
      '"input":{"id":12345678901234567890}',
    );
    expect(turns[2]!.content.map(({ toolResult }) => toolResult?.toolUseId)).toEqual(['a', 'a_2', 'b']);
    expect(warningsOf({ messages })).toEqual([['messages[1].tool_calls[0].function.arguments', 'changed']]);
  });

  test('an id that comes again in a later turn is another there, alike in call and result', () => {
    const turns = convertMessages(
      hi,
      assistant(call('a')),
      result('a', '1'),
      assistant(call('a'), call('a_2')),
      result('a_2', '2'),
      result('a', '3'),
      { role: 'user', content: 'on' },
      assistant(call('a')),
      result('a', '4'),
    );
    const ids = turns.map(({ content }) =>
      content.flatMap(({ toolUse, toolResult }) => toolUse?.toolUseId ?? toolResult?.toolUseId ?? []),
    );
    expect(ids).toEqual([[], ['a'], ['a'], ['a_2', 'a_2_2'], ['a_2_2', 'a_2'], ['a_3'], ['a_3']]);
  });

  test('whatever ids a client uses, each call has its own and each result belongs to a call before it', () => {
    const turn = fc.uniqueArray(fc.constantFrom('a', 'a_2', 'a_2_2', 'b', 'a b'), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 6 }), (list) => {
        const messages = list.flatMap((ids) => [
          assistant(...ids.map((id) => call(id))),
          ...ids.map((id) => result(id)),
        ]);
        const turns = convertMessages(hi, ...messages);
        const used = turns.flatMap(({ content }) =>
          content.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []),
        );
        expect(new Set(used).size).toBe(list.flat().length);
        for (let at = 1; at < turns.length; at += 2) {
          const called = turns[at]!.content.map(({ toolUse }) => toolUse?.toolUseId);
          expect(turns[at + 1]!.content.map(({ toolResult }) => toolResult?.toolUseId)).toEqual(called);
        }
      }),
    );
  });

  test('a repeated call or result counts once', () => {
    const turns = convertMessages(
      hi,
      assistant(call('a'), call('a')),
      result('a', 'first'),
      result('a', 'second'),
    );
    expect(turns[1]!.content).toHaveLength(1);
    expect(turns[2]!.content).toEqual([{ toolResult: { toolUseId: 'a', content: [{ text: 'first' }] } }]);
  });

  test('results may contain images and breakpoints [A34]', () => {
    const parts = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } }];
    const turns = convertMessages(
      hi,
      assistant(call('a')),
      result('a', parts, { cache_control: { type: 'ephemeral' } }),
    );
    expect(turns[2]!.content).toEqual([
      { toolResult: { toolUseId: 'a', content: [{ image: { format: 'png', source: { bytes: 'QUJD' } } }] } },
      { cachePoint: { type: 'default' } },
    ]);
  });
});
