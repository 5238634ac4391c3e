import { converted, hi, models, sent, shown, warningsOf } from './__fixtures__/exchange.ts';

const text = (words: string, more: object = {}): object => ({ type: 'text', text: words, ...more });
const user = (...content: object[]): object => ({ role: 'user', content });
const assistant = (...content: object[]): object => ({ role: 'assistant', content });
const base64 = (media_type: string, data = 'QUJD'): object => ({ type: 'base64', media_type, data });
const image = (source: object = base64('image/png')): object => ({ type: 'image', source });
const document = (source: object, more: object = {}): object => ({ type: 'document', source, ...more });
const pdf = base64('application/pdf');
const png = { image: { format: 'png', source: { bytes: 'QUJD' } } };
const cached = { cache_control: { type: 'ephemeral' } };
const point = { cachePoint: { type: 'default' } };

describe('the conversation', () => {
  test('system prompts, in the middle too, come first with their cache points', () => {
    const messages = [hi, { role: 'system', content: 'c' }, user(text('you'))];
    const body = sent({ system: [text('a'), text('b', cached), text(' ')], messages });
    expect(body['system']).toEqual([{ text: 'a' }, { text: 'b' }, point, { text: 'c' }]);
    expect(body['messages']).toEqual([{ role: 'user', content: [{ text: 'hi' }, { text: 'you' }] }]);
    expect(warningsOf({ messages })).toEqual(['messages[1].content changed']);
    expect(sent({ system: 'a' })['system']).toEqual([{ text: 'a' }]);
  });

  test('Claude Code’s note to the billing of Anthropic does not reach a model', () => {
    const system = [text('x-anthropic-billing-header: cc_version=2.1'), text('a')];
    expect(sent({ system })['system']).toEqual([{ text: 'a' }]);
    expect(warningsOf({ system })).toEqual(['system[0] changed']);
  });

  test('cache points carry a lifetime where the model knows it, and are dropped where it caches nothing', () => {
    const content = [text('a', { cache_control: { type: 'ephemeral', ttl: '1h' } })];
    expect(shown(content)).toEqual([{ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
    expect(shown(content, models.nova)).toEqual([{ text: 'a' }, point]);
    expect(shown(content, models.llama)).toEqual([{ text: 'a' }]);
    expect(warningsOf({ model: models.llama, messages: [user(...content)] })).toEqual([
      'messages[0].content[0].cache_control dropped',
    ]);
  });

  test('blank text goes nowhere, and messages without content with it', () => {
    expect(converted(user(text(' '), text('a')), assistant(text('')), user(text('b')))).toEqual([
      { role: 'user', content: [{ text: 'a' }, { text: 'b' }] },
    ]);
  });

  test('what the model wrote keeps its order', () => {
    const written = assistant(
      { type: 'thinking', thinking: 'hm', signature: 'S' },
      text('a'),
      { type: 'tool_use', id: 't1', name: 'f', input: {} },
      text('b'),
      { type: 'redacted_thinking', data: 'QUJD' },
      { type: 'tool_use', id: 't2', name: 'f', input: {} },
    );
    const results = user(
      { type: 'tool_result', tool_use_id: 't1' },
      { type: 'tool_result', tool_use_id: 't2' },
    );
    expect(converted(hi, written, results)).toMatchObject([
      {},
      {
        content: [
          { reasoningContent: { reasoningText: { text: 'hm', signature: 'S' } } },
          { text: 'a' },
          { toolUse: { toolUseId: 't1' } },
          { text: 'b' },
          { reasoningContent: { redactedContent: 'QUJD' } },
          { toolUse: { toolUseId: 't2' } },
        ],
      },
      {},
    ]);
  });

  test('white space at the end of a last text of the assistant is cut, before a call it is not', () => {
    expect(converted(hi, assistant(text('foo  ')))).toMatchObject([{}, { content: [{ text: 'foo' }] }]);
    const call = { type: 'tool_use', id: 't', name: 'f', input: {} };
    expect(converted(hi, assistant(text('foo  '), call))).toMatchObject([
      {},
      { content: [{ text: 'foo  ' }, {}] },
    ]);
  });
});

describe('reasoning of the history', () => {
  const unsigned = { type: 'thinking', thinking: 'hm', signature: '' };
  const redacted = { type: 'redacted_thinking', data: 'QUJD==x' };

  test('redacted thinking is the same text in both directions [A104]', () => {
    expect(converted(hi, assistant(redacted, text('a')), hi)).toMatchObject([
      {},
      { content: [{ reasoningContent: { redactedContent: 'QUJD==x' } }, { text: 'a' }] },
      {},
    ]);
  });

  test('Claude takes nothing unsigned; others never signed anything; some take none at all', () => {
    const messages = [hi, assistant(unsigned, text('a')), hi];
    expect(converted(...messages)).toMatchObject([{}, { content: [{ text: 'a' }] }, {}]);
    expect(warningsOf({ messages })).toEqual(['messages[1].content[0] dropped']);
    expect(sent({ model: models.gptOss, messages })).toMatchObject({
      messages: [
        {},
        { content: [{ reasoningContent: { reasoningText: { text: 'hm' } } }, { text: 'a' }] },
        {},
      ],
    });
    expect(JSON.stringify(sent({ model: models.gptOss, messages }))).not.toContain('signature');
    expect(sent({ model: models.llama, messages })).toMatchObject({
      messages: [{}, { content: [{ text: 'a' }] }, {}],
    });
    expect(warningsOf({ model: models.llama, messages })).toEqual(['messages[1].content[0] dropped']);
  });

  test('what Claude signed goes to others without its signature, and what it hid not at all', () => {
    const signed = { type: 'thinking', thinking: 'hm', signature: 'S' };
    const messages = [hi, assistant(signed, redacted, text('a')), hi];
    const model = models.gptOss;
    expect(sent({ model, messages })).toHaveProperty('messages.1.content', [
      { reasoningContent: { reasoningText: { text: 'hm' } } },
      { text: 'a' },
    ]);
    expect(warningsOf({ model, messages })).toEqual([
      'messages[1].content[0] changed',
      'messages[1].content[1] dropped',
    ]);
  });
});

describe('results of tools', () => {
  const result = (more: object): object => ({ type: 'tool_result', tool_use_id: 't1', ...more });
  const resultOf = (more: object): unknown => {
    const [block] = shown([result(more)]) as [{ toolResult: unknown }];
    return block.toolResult;
  };

  test('a later turn that uses an id again gets another, alike in call and result', () => {
    const call = { type: 'tool_use', id: 't1', name: 'f', input: {} };
    const answer = { role: 'user', content: [result({ content: 'ok' })] };
    const turns = converted(hi, assistant(call), answer, assistant(call), answer);
    expect(turns).toMatchObject([
      {},
      { content: [{ toolUse: { toolUseId: 't1' } }] },
      { content: [{ toolResult: { toolUseId: 't1' } }] },
      { content: [{ toolUse: { toolUseId: 't1_2' } }] },
      { content: [{ toolResult: { toolUseId: 't1_2' } }] },
    ]);
  });

  test('come without content, with images and with errors [A105]', () => {
    expect(resultOf({})).toEqual({ toolUseId: 't1', content: [] });
    expect(resultOf({ content: null })).toEqual({ toolUseId: 't1', content: [] });
    expect(resultOf({ content: 'ok' })).toEqual({ toolUseId: 't1', content: [{ text: 'ok' }] });
    expect(resultOf({ content: [text('a'), image(), document(pdf)] })).toEqual({
      toolUseId: 't1',
      content: [
        { text: 'a' },
        png,
        { document: { format: 'pdf', name: 'document', source: { bytes: 'QUJD' } } },
      ],
    });
    expect(resultOf({ content: 'no', is_error: true })).toEqual({
      toolUseId: 't1',
      content: [{ text: 'no' }],
      status: 'error',
    });
    expect(resultOf({ is_error: false })).toEqual({ toolUseId: 't1', content: [] });
  });

  test('name the tools that a search has found', () => {
    expect(resultOf({ content: [{ type: 'tool_reference', tool_name: 'f' }] })).toEqual({
      toolUseId: 't1',
      content: [{ text: 'f' }],
    });
  });

  test('lead their turn, also over several messages', () => {
    const other = { type: 'tool_result', tool_use_id: 't2', content: 'b' };
    expect(converted(user(text('x'), result({ content: 'a' })), user(other, text('y')))).toEqual([
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 't1', content: [{ text: 'a' }] } },
          { toolResult: { toolUseId: 't2', content: [{ text: 'b' }] } },
          { text: 'x' },
          { text: 'y' },
        ],
      },
    ]);
  });

  test('are cached where they, or what is in them, say so', () => {
    expect(shown([result({ content: [text('a', cached)] }), text('b')])).toEqual([
      { toolResult: { toolUseId: 't1', content: [{ text: 'a' }] } },
      point,
      { text: 'b' },
    ]);
    expect(shown([result({ content: 'a', ...cached })])).toEqual([
      { toolResult: { toolUseId: 't1', content: [{ text: 'a' }] } },
      point,
    ]);
  });

  test('ids that Bedrock refuses are changed alike in call and result', () => {
    const id = 'call/1';
    const call = assistant({ type: 'tool_use', id, name: 'f', input: {} });
    const [, turn, answer] = converted(hi, call, user(result({ tool_use_id: id }))) as {
      content: [{ toolUse: { toolUseId: string }; toolResult: { toolUseId: string } }];
    }[];
    expect(turn!.content[0].toolUse.toolUseId).toMatch(/^[a-zA-Z0-9_.:-]{1,64}$/);
    expect(answer!.content[0].toolResult.toolUseId).toBe(turn!.content[0].toolUse.toolUseId);
  });
});

describe('images', () => {
  test('keep their bytes; types may be spelled as clients do', () => {
    const source = base64('IMAGE/PNG; charset=utf-8', 'QU\nJD');
    expect(shown([image(source), text('a')])).toEqual([png, { text: 'a' }]);
    expect(shown([image(base64('image/jpg'))])).toEqual([
      { image: { format: 'jpeg', source: { bytes: 'QUJD' } } },
    ]);
    expect(shown([image({ type: 'url', url: 's3://b/a.png' })])).toEqual([
      { image: { format: 'png', source: { s3Location: { uri: 's3://b/a.png' } } } },
    ]);
  });

  test.each([
    [image({ type: 'url', url: 'https://example.com/a.png' }), /points to a URL/],
    [image({ type: 'file', file_id: 'f' }), /uploaded to Anthropic/],
    [image(base64('image/svg+xml')), /image\/svg\+xml/],
    [image(base64('image/png', '","x":"')), /not valid base64/],
    [{ type: 'video' }, /"video", a kind of content/],
    [{ type: 'container_upload', file_id: 'f' }, /container/],
  ])('%j is refused', (block, message) => {
    expect(() => shown([block])).toThrow(message);
  });
});

describe('documents', () => {
  test('of every source arrive as documents, with text beside them [A106]', () => {
    const content = [
      document(pdf, { title: 'q 1/a.pdf' }),
      document(pdf, { title: 'q 1/a.pdf', context: 'why' }),
      document({ type: 'text', media_type: 'text/plain', data: 'words' }, { title: 'Version 1.2 of it' }),
      document({ type: 'content', content: [text('a'), text(' '), text('b')] }),
      document({ type: 'content', content: 'c' }),
      document({ type: 'url', url: 's3://b/a.pdf' }),
    ];
    const bytes = { bytes: 'QUJD' };
    expect(shown(content)).toEqual([
      { document: { format: 'pdf', name: 'q 1 a', source: bytes } },
      { document: { format: 'pdf', name: 'q 1 a-2', source: bytes, context: 'why' } },
      { document: { format: 'txt', name: 'Version 1 2 of it', source: { text: 'words' } } },
      { document: { format: 'txt', name: 'document', source: { content: [{ text: 'a' }, { text: 'b' }] } } },
      { document: { format: 'txt', name: 'document-2', source: { content: [{ text: 'c' }] } } },
      { document: { format: 'pdf', name: 'a', source: { s3Location: { uri: 's3://b/a.pdf' } } } },
      { text: '.' },
    ]);
  });

  test('are cited by Claude where that is asked for', () => {
    const content = [document(pdf, { citations: { enabled: true } }), text('a')];
    expect(shown(content)).toMatchObject([{ document: { citations: { enabled: true } } }, {}]);
    expect(shown(content, models.nova)).not.toMatchObject([{ document: { citations: {} } }, {}]);
    expect(warningsOf({ model: models.nova, messages: [user(...content)] })).toEqual([
      'messages[0].content[0].citations dropped',
    ]);
  });

  test.each([
    [document({ type: 'url', url: 'https://example.com/a.pdf' }), /points to a URL/],
    [document({ type: 'content', content: [image()] }), /image inside a document/],
    [document(base64('application/zip')), /application\/zip/],
  ])('%j is refused', (block, message) => {
    expect(() => shown([block])).toThrow(message);
  });
});

describe('search results', () => {
  const found = { type: 'search_result', source: 's', title: 't', content: [text('a'), text('b')] };

  test('are Claude’s; others read them as text', () => {
    const searchResult = { source: 's', title: 't', content: [{ text: 'a' }, { text: 'b' }] };
    expect(shown([found])).toEqual([{ searchResult: { ...searchResult, citations: { enabled: false } } }]);
    expect(shown([{ ...found, citations: { enabled: true } }])).toEqual([
      { searchResult: { ...searchResult, citations: { enabled: true } } },
    ]);
    expect(shown([found], models.llama)).toEqual([{ text: 't\ns\n\na\nb' }]);
    expect(warningsOf({ model: models.llama, messages: [user(found)] })).toEqual([
      'messages[0].content[0] changed',
    ]);
  });
});

describe('what only Anthropic knows', () => {
  test('traces of its tools are dropped with a warning, the answer’s text stays', () => {
    const messages = [
      hi,
      assistant(
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
        text('a', { citations: [{ type: 'web_search_result_location', url: 'https://example.com' }] }),
      ),
      hi,
    ];
    expect(converted(...messages)).toMatchObject([{}, { content: [{ text: 'a' }] }, {}]);
    expect(warningsOf({ messages })).toEqual([
      'messages[1].content[0] dropped',
      'messages[1].content[1] dropped',
      'messages[1].content[2].citations dropped',
    ]);
  });

  test('results of tools belong to the user', () => {
    expect(() => converted(hi, assistant({ type: 'tool_result', tool_use_id: 't' }))).toThrow(/user message/);
  });
});
