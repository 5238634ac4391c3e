import fc from 'fast-check';
import {
  assistant,
  buildConverse,
  call,
  convertMessages,
  file,
  hi,
  image,
  models,
  result,
  tool,
  warningsOf,
} from '../../../testing/converse.ts';

describe('sound and video', () => {
  const audio = (format: string): object => ({ type: 'input_audio', input_audio: { data: 'QUJD', format } });
  const video = (url: string): object => ({ type: 'video_url', video_url: { url } });
  const bytes = { bytes: 'QUJD' };

  test.each([
    ['mistral.voxtral-small-24b-2507', audio('WAV'), { audio: { format: 'wav', source: bytes } }],
    [models.nova, video('data:video/quicktime;base64,QUJD'), { video: { format: 'mov', source: bytes } }],
    [
      'us.amazon.nova-2-lite-v1:0',
      video('s3://b/a.3gp'),
      { video: { format: 'three_gp', source: { s3Location: { uri: 's3://b/a.3gp' } } } },
    ],
  ])('go to %s, which takes them [A33]', (model, part, expected) => {
    const body = buildConverse({ model, messages: [{ role: 'user', content: [part] }] });
    expect(body.messages[0]!.content).toEqual([expected]);
  });

  test.each([
    [models.nova, audio('mp3'), /is audio, which the model does not take/],
    ['amazon.nova-micro-v1:0', video('data:video/mp4;base64,QUJD'), /"video\/mp4"/],
    [models.sonnet45, video('s3://b/a.mp4'), /known extension/],
    ['mistral.voxtral-small-24b-2507', audio('amr'), /input_audio\.format is "amr"/],
  ])('are refused by name for %s, which does not', (model, part, expected) => {
    const content = [part];
    expect(() => buildConverse({ model, messages: [{ role: 'user', content }] })).toThrow(expected);
  });

  test('sound is no result of a tool', () => {
    const messages = [hi, assistant(call('a')), result('a', [audio('mp3')])];
    expect(() => buildConverse({ model: 'mistral.voxtral-small-24b-2507', messages })).toThrow(
      /messages\[2\]\.content\[0\] is audio/,
    );
  });
});

test('how closely an image is to be looked at, and who speaks, is named when it is left out', () => {
  const url = 'data:image/png;base64,QUJD';
  const image = (detail: string): object => ({ type: 'image_url', image_url: { url, detail } });
  const messages = [
    { role: 'system', name: 's', content: 'x' },
    { role: 'user', name: 'u', content: [image('auto'), image('low')] },
    { role: 'assistant', name: 'a', audio: { id: 'x' }, content: 'x' },
    hi,
  ];
  expect(warningsOf({ messages })).toEqual([
    ['messages[0].name', 'dropped'],
    ['messages[1].name', 'dropped'],
    ['messages[1].content[1].image_url.detail', 'dropped'],
    ['messages[2].name', 'dropped'],
    ['messages[2].audio', 'dropped'],
  ]);
});

describe('images and files', () => {
  test.each([
    ['data:image/png;base64,QUJD', { image: { format: 'png', source: { bytes: 'QUJD' } } }],
    ['data:image/jpg;base64,QUJD', { image: { format: 'jpeg', source: { bytes: 'QUJD' } } }],
    ['DATA:Image/WEBP;charset=utf-8;Base64,QUJD', { image: { format: 'webp', source: { bytes: 'QUJD' } } }],
    ['data:image/gif;base64,QU\nJD', { image: { format: 'gif', source: { bytes: 'QUJD' } } }],
    ['data:image/gif;base64,QQ', { image: { format: 'gif', source: { bytes: 'QQ==' } } }],
    ['data:image/gif;base64,QUI%3D', { image: { format: 'gif', source: { bytes: 'QUI=' } } }],
    [
      's3://bucket/a.JPG',
      { image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/a.JPG' } } } },
    ],
  ])('%s is taken [A30] [A31]', (url, expected) => {
    expect(convertMessages(image(url))[0]!.content).toEqual([expected]);
  });

  test('a PDF is a document, and a document comes with text [A32]', () => {
    const body = convertMessages({
      role: 'user',
      content: [file('data:application/pdf;base64,QUJD', 'q 1/a.pdf')],
    });
    expect(body[0]!.content).toEqual([
      { document: { format: 'pdf', name: 'q 1 a', source: { bytes: 'QUJD' } } },
      { text: '.' },
    ]);
    expect(convertMessages(image('data:application/pdf;base64,QUJD'))[0]!.content[0]).toMatchObject({
      document: { format: 'pdf' },
    });
    expect(convertMessages(image('data:text/plain,a%20b'))[0]!.content[0]).toMatchObject({
      document: { format: 'txt', name: 'document', source: { bytes: 'YSBi' } },
    });
  });

  test('names of documents are legal and differ [A32]', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300 }), { minLength: 1 }), (names) => {
        const parts = names.map((name) => file('QUJD', `${name}.csv`));
        const blocks = convertMessages({ role: 'user', content: parts })[0]!.content.slice(0, -1);
        const used: string[] = blocks.map(({ document }) => document?.name ?? '');
        expect(new Set(used).size).toBe(names.length);
        for (const name of used) expect(name).toMatch(/^(?!.* {2})[a-zA-Z0-9 \-()[\]]{1,200}$/);
      }),
    );
  });

  test.each([
    [image('https://example.com/a.png'), /messages\[0\]\.content\[0\] points to a URL/],
    [image('s3://bucket/a'), /known extension/],
    [image('data:image/svg+xml;base64,QUJD'), /"image\/svg\+xml"/],
    [image('data:image/png;base64,###'), /valid base64/],
    [image('data:image/png;base64,'), /valid base64/],
    [image('data:image/png'), /comma/],
    [{ role: 'user', content: [{ type: 'file', file: { file_id: 'x' } }] }, /file_data/],
    [
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } }] },
      /is audio/,
    ],
    [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://x' } }] }, /points to a URL/],
    [
      { role: 'user', content: [{ type: 'video_url', video_url: { url: 'data:video/mp4;base64,QUJD' } }] },
      /"video\/mp4", which the model does not take/,
    ],
    [{ role: 'user', content: [{ type: 'hologram' }] }, /"hologram"/],
    [{ role: 'user', content: [{ text: 'x' }] }, /content\[0\]\.type is missing/],
  ])('%j is refused in words [A30] [A31] [A33]', (message, expected) => {
    expect(() => convertMessages(message)).toThrow(expected);
  });
});

describe('prompt caching', () => {
  const cached = (ttl?: string): object => ({ cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } });
  const pointOf = (more: object): unknown => buildConverse(more).messages[0]!.content[1];
  const ask = (control: object): object[] => [
    { role: 'user', content: [{ type: 'text', text: 'x', ...control }] },
  ];

  test.each([
    [models.sonnet45, undefined, { cachePoint: { type: 'default' } }],
    [models.sonnet45, '1h', { cachePoint: { type: 'default', ttl: '1h' } }],
    [models.sonnet37, '1h', { cachePoint: { type: 'default' } }],
    [models.nova, undefined, { cachePoint: { type: 'default' } }],
    [models.llama, undefined, undefined],
  ])('a breakpoint on %s with ttl %s [A10]', (model, ttl, expected) => {
    expect(pointOf({ model, messages: ask(cached(ttl)) })).toEqual(expected);
  });

  test('breakpoints on tools and on messages', () => {
    const body = buildConverse({
      tools: [{ ...tool('f'), ...cached() }],
      messages: [{ ...hi, ...cached() }],
    });
    expect(body.toolConfig.tools[1]).toEqual({ cachePoint: { type: 'default' } });
    expect(body.messages[0]!.content[1]).toEqual({ cachePoint: { type: 'default' } });
  });

  test('only the last four breakpoints are kept', () => {
    const parts = ['1', '2', '3', '4'].map((text) => ({ type: 'text', text, ...cached() }));
    const body = buildConverse({
      tools: [{ ...tool('f'), ...cached() }],
      messages: [{ role: 'user', content: parts }],
    });
    expect(body.toolConfig.tools).toHaveLength(1);
    expect(body.messages[0]!.content).toHaveLength(8);
    expect(
      warningsOf({
        tools: [{ ...tool('f'), ...cached() }],
        messages: [{ role: 'user', content: parts }],
      }),
    ).toEqual([['tools[0].cache_control', 'dropped']]);
  });
});
