import { jsonOf } from '../../../testing/run-translator.ts';
import { direct, errorOf, invoke, sent, sonnet45 } from '../../../testing/chat-to-claude.ts';

describe('content', () => {
  const block = (part: object, build: typeof direct = direct) => {
    const body = jsonOf(build({ model: sonnet45, messages: [{ role: 'user', content: [part] }] }).body) as {
      messages: { content: unknown[] }[];
    };
    return body.messages[0]?.content[0];
  };
  const image = (url: string) => ({ type: 'image_url', image_url: { url } });
  const file = (file_data: string, filename?: string) => ({ type: 'file', file: { file_data, filename } });

  test.each([
    ['data:image/png;base64,QUJD', 'image/png'],
    ['data:image/jpg;base64,QUJD', 'image/jpeg'],
    ['data:IMAGE/WebP;charset=utf-8;base64,QUJD', 'image/webp'],
  ])('%s', (url, type) => {
    expect(block(image(url))).toEqual({
      type: 'image',
      source: { type: 'base64', media_type: type, data: 'QUJD' },
    });
  });

  test('files of PDF and of text are documents [A84]', () => {
    const pdf = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0x' };
    expect(block(file('data:application/pdf;base64,JVBERi0x', 'a.pdf'))).toEqual({
      type: 'document',
      source: pdf,
      title: 'a.pdf',
    });
    expect(block(file('JVBERi0x'))).toEqual({ type: 'document', source: pdf });
    expect(block(image('data:application/pdf;base64,JVBERi0x'))).toEqual({ type: 'document', source: pdf });
    expect(block(file('data:text/markdown;base64,aMOp', 'n.md'))).toEqual({
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'hé' },
      title: 'n.md',
    });
  });

  test('URLs go to Anthropic, which fetches them, and not to Bedrock, which does not', () => {
    expect(block(image('https://x.test/a.png'))).toEqual({
      type: 'image',
      source: { type: 'url', url: 'https://x.test/a.png' },
    });
    expect(block(image('https://x.test/a.PDF?x=1'))).toMatchObject({ type: 'document' });
    const error = errorOf(() => block(image('https://x.test/a.png'), invoke));
    expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'messages[0].content[0]' });
  });

  test.each([
    [image('data:image/svg+xml;base64,QUJD'), 'image/svg+xml'],
    [image('s3://bucket/key'), 'data URL'],
    [{ type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } }, 'audio'],
    [file('QUJD'), 'PDF'],
    [{ type: 'video_url', video_url: {} }, 'video_url'],
    [{ type: 'video_url', video_url: { url: 'https://x.test/a.mp4' } }, 'video'],
    [{ type: 'video_url', video_url: { url: 'data:video/mp4;base64,QUJD' } }, 'video/mp4'],
  ])('%j is refused in words [A84]', (part, words) => {
    expect(errorOf(() => block(part)).message).toContain(words);
  });

  test('the result of a tool may show an image', () => {
    const body = sent({
      messages: [
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: [image('data:image/png;base64,QUJD')] },
      ],
    });
    expect(body).toMatchObject({
      messages: [{}, { content: [{ type: 'tool_result', content: [{ type: 'image' }] }] }],
    });
  });
});
