import { claude35, claude45, errorOf, messages, sent, warningsOf } from './__fixtures__/requests.ts';

describe('cache breakpoints', () => {
  const marked = { type: 'ephemeral', ttl: '1h', scope: 'global' };
  const everywhere = {
    system: [{ type: 'text', text: 's', cache_control: marked }],
    messages: [
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 't',
            content: [{ type: 'text', text: 'x', cache_control: marked }],
          },
          { type: 'text', text: 'y', cache_control: marked },
        ],
      },
    ],
    tools: [{ name: 'f', input_schema: { type: 'object' }, cache_control: marked }],
  };

  test('lose their scope, and the long ttl only on models without it [A93]', () => {
    const on45 = JSON.stringify(sent(everywhere));
    expect(on45).not.toContain('scope');
    expect(on45.match(/"cache_control":\{"type":"ephemeral","ttl":"1h"\}/g)).toHaveLength(4);
    const on35 = JSON.stringify(sent(everywhere, {}, claude35));
    expect(on35.match(/"cache_control":\{"type":"ephemeral"\}/g)).toHaveLength(4);
    expect(warningsOf(everywhere)).toContain('messages[0].content[0].content[0].cache_control.scope dropped');
    expect(warningsOf(everywhere, {}, claude35)).toContain('tools[0].cache_control.ttl dropped');
  });

  test('beyond four, the last in the order of the prompt are kept', () => {
    const block = (text: string): object => ({ type: 'text', text, cache_control: { type: 'ephemeral' } });
    const body = {
      ...everywhere,
      messages: [...everywhere.messages, { role: 'user', content: [block('z')] }],
    };
    expect(JSON.stringify(sent(body)).match(/"cache_control"/g)).toHaveLength(4);
    expect(sent(body)).toHaveProperty('tools', [{ name: 'f', input_schema: { type: 'object' } }]);
    expect(warningsOf(body).filter((text) => text.endsWith('cache_control dropped'))).toEqual([
      'tools[0].cache_control dropped',
    ]);
  });

  test('the short ttl is what such models do anyway, so nobody is warned', () => {
    const system = [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '5m' } }];
    expect(JSON.stringify(sent({ system }, {}, claude35))).not.toContain('ttl');
    expect(warningsOf({ system }, {}, claude35)).toEqual([]);
  });
});

describe('content', () => {
  test.each([
    [[{ type: 'image', source: { type: 'url', url: 'https://x/y.png' } }], 'messages[0].content[0]'],
    [[{ type: 'document', source: { type: 'file', file_id: 'f' } }], 'messages[0].content[0]'],
    [
      [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: { type: 'url' } }] }],
      'messages[0].content[0].content[0]',
    ],
    [
      [
        {
          type: 'document',
          source: { type: 'content', content: [{ type: 'image', source: { type: 'url' } }] },
        },
      ],
      'messages[0].content[0].source.content[0]',
    ],
  ])('sources that Bedrock would have to fetch are refused (%j)', (content, param) => {
    const error = errorOf(() => sent({ messages: [{ role: 'user', content }] }));
    expect(error).toMatchObject({ code: 'unsupported_parameter', param });
    expect(error.message).toContain('base64');
  });

  test('signed thinking keeps its bytes; unsigned thinking goes', () => {
    const signed = { type: 'thinking', thinking: '', signature: 'c2ln' };
    const redacted = { type: 'redacted_thinking', data: 'QUJD' };
    const text = { type: 'text', text: 'a' };
    const history = (content: object[]) => [{ role: 'assistant', content }, ...messages];
    const unsigned = { type: 'thinking', thinking: 'hm', signature: '' };
    expect(sent({ messages: history([signed, unsigned, redacted, text]) })).toMatchObject({
      messages: history([signed, redacted, text]),
    });
    expect(warningsOf({ messages: history([unsigned, text]) })).toEqual(['messages[0].content[0] dropped']);
    expect(sent({ messages: history([unsigned]) })).toMatchObject({ messages });
    expect(sent({ messages: history([signed, text]) }, {}, claude35)).toMatchObject({
      messages: history([text]),
    });
  });

  test('what tools of Anthropic left in the history goes, with a warning; the search of tools stays', () => {
    const search = { type: 'server_tool_use', id: 's1', name: 'tool_search_tool_regex', input: {} };
    const found = { type: 'tool_search_tool_result', tool_use_id: 's1', content: {} };
    const text = { type: 'text', text: 'a' };
    const foreign = [
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      { type: 'server_tool_use', id: 'c', name: 'bash_code_execution', input: {} },
      { type: 'bash_code_execution_tool_result', tool_use_id: 'c', content: {} },
      { type: 'mcp_tool_use', id: 'm', name: 'x', server_name: 'y', input: {} },
      { type: 'mcp_tool_result', tool_use_id: 'm' },
      { type: 'container_upload', file_id: 'f' },
    ];
    const history = (content: object[]) => ({ messages: [...messages, { role: 'assistant', content }] });
    expect(sent(history([...foreign, search, found, text]))).toMatchObject(history([search, found, text]));
    expect(warningsOf(history([...foreign, text]))).toEqual(
      foreign.map((_, index) => `messages[1].content[${index}] dropped`),
    );
    expect(sent(history(foreign))).toMatchObject({ messages });
  });

  test('system messages within the conversation move to the system prompt', () => {
    const body = {
      system: [{ type: 'text', text: 'one', cache_control: { type: 'ephemeral', scope: 'x' } }],
      messages: [
        ...messages,
        { role: 'system', content: 'two' },
        { role: 'system', content: [{ type: 'text', text: 'three' }] },
      ],
    };
    expect(sent(body)).toMatchObject({
      system: [
        { type: 'text', text: 'one', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'two' },
        { type: 'text', text: 'three' },
      ],
      messages,
    });
    const headers = { 'anthropic-beta': 'mid-conversation-system-2026-07-01' };
    const newer = 'anthropic.claude-opus-5-v1:0';
    expect(sent({ messages: body.messages }, { headers }, newer)).toMatchObject({ messages: body.messages });
  });

  test('a blank system prompt makes way for what moves there', () => {
    const body = { system: ' ', messages: [...messages, { role: 'system', content: 'two' }] };
    expect(sent(body)).toMatchObject({ system: [{ type: 'text', text: 'two' }] });
  });

  describe('tools that a search found', () => {
    const results = (found: object) => ({
      messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [found] }] }],
    });
    const found = results({ type: 'tool_reference', tool_name: 'Read' });
    const headers = { 'anthropic-beta': 'advanced-tool-use-2025-11-20' };

    test('are referred to where Bedrock knows the search', () => {
      expect(sent(found, { headers })).toMatchObject(found);
      expect(warningsOf(found, { headers })).toEqual([]);
    });

    test.each([
      ['the model does not know it', { headers }, claude35],
      ['the beta is missing', {}, claude45],
    ])('are named in a text where %s', (_, options, model) => {
      expect(sent(found, options, model)).toMatchObject(results({ type: 'text', text: 'Read' }));
      expect(warningsOf(found, options, model)).toContain('messages[0].content[0].content[0] changed');
    });

    test('need a name', () => {
      const error = errorOf(() => sent(results({ type: 'tool_reference' })));
      const param = 'messages[0].content[0].content[0].tool_name';
      expect(error).toMatchObject({ code: 'invalid_request', param });
    });
  });

  test('keys of client libraries go', () => {
    const body = {
      messages: [{ role: 'user', content: [{ type: 'text', text: 'a', provider_specific_fields: {} }] }],
    };
    expect(sent(body)).toMatchObject({ messages: [{ content: [{ type: 'text', text: 'a' }] }] });
    expect(JSON.stringify(sent(body))).not.toContain('provider_specific');
  });
});
