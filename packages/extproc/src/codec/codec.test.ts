import fc from 'fast-check';
import { bodyMessage, decodeAnswer, encodeRequest, headersMessage } from '../__fixtures__/envoy.ts';
import { decodeProcessingRequest } from './decode-processing-request.ts';
import { encodeProcessingResponse } from './encode-processing-response.ts';

describe('decodeProcessingRequest', () => {
  it.each([
    headersMessage('requestHeaders', { ':path': '/', a: 'ä€😀' }, { attributes: { x: 'y' } }),
    headersMessage('responseHeaders', { ':status': '200' }, { endOfStream: true }),
    bodyMessage('requestBody', '', true),
    bodyMessage('responseBody', 'abc', false),
    { kind: 'requestTrailers' } as const,
    { kind: 'responseTrailers' } as const,
  ])('reads $kind', (message) => {
    expect(decodeProcessingRequest(encodeRequest(message))).toEqual(message);
  });

  it('gives every body as a view of the message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.boolean(), (body, endOfStream) => {
        const bytes = encodeRequest(bodyMessage('responseBody', body, endOfStream));
        const message = decodeProcessingRequest(bytes);
        if (message?.kind !== 'responseBody') throw new Error('expected a body');
        expect(Buffer.from(message.body)).toEqual(Buffer.from(body));
        expect(message.body.buffer).toBe(bytes.buffer);
        expect(message.endOfStream).toBe(endOfStream);
      }),
    );
  });

  it('joins repeated headers and makes names lower-case', () => {
    const bytes = encodeRequest({
      kind: 'requestHeaders',
      headers: new Map([
        ['Accept', 'a'],
        ['accept', 'b'],
      ]),
      attributes: undefined,
      endOfStream: false,
    });
    expect(decodeProcessingRequest(bytes)).toMatchObject({ headers: new Map([['accept', 'a, b']]) });
  });

  it('knows no message in empty bytes and throws on broken ones', () => {
    expect(decodeProcessingRequest(Buffer.alloc(0))).toBeUndefined();
    expect(() => decodeProcessingRequest(Buffer.from([0x12, 0xff]))).toThrow();
  });
});

describe('encodeProcessingResponse', () => {
  it('keeps any headers and body', () => {
    const header = fc.tuple(fc.stringMatching(/^[a-z][a-z-]{0,10}$/), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.uniqueArray(header, { selector: ([name]) => name }), fc.string(), (set, body) => {
        const bytes = encodeProcessingResponse({
          kind: 'responseBody',
          headers: { set, remove: ['gone'] },
          body: Buffer.from(body),
        });
        const answer = decodeAnswer(bytes);
        expect(answer.set).toEqual(Object.fromEntries(set));
        expect(answer.remove).toEqual(['gone']);
        expect(answer.body).toBe(Buffer.from(body).toString());
      }),
    );
  });

  it('replaces a body with headers, and an empty one stays an explicit replacement', () => {
    const replaced = encodeProcessingResponse({ kind: 'requestHeaders', body: Buffer.from('new') });
    expect(decodeAnswer(replaced)).toMatchObject({ replaces: true, body: 'new' });
    const emptied = encodeProcessingResponse({ kind: 'responseBody', body: new Uint8Array() });
    expect(decodeAnswer(emptied)).toMatchObject({ replaces: false, body: '' });
    const kept = encodeProcessingResponse({ kind: 'responseBody' });
    expect(decodeAnswer(kept).body).toBeUndefined();
  });

  it('switches to streaming, and sends pieces with their own end', () => {
    const answer = encodeProcessingResponse({ kind: 'responseHeaders', streamResponse: true });
    expect(decodeAnswer(answer).streams).toBe(true);
    const chunk = encodeProcessingResponse({
      kind: 'responseChunk',
      body: Buffer.from('x'),
      endOfStream: true,
      metadata: { total: 3, name: 'n' },
    });
    expect(decodeAnswer(chunk)).toMatchObject({
      kind: 'responseBody',
      body: 'x',
      endOfStream: true,
      metadata: { total: 3, name: 'n' },
    });
  });

  it('answers at once', () => {
    const bytes = encodeProcessingResponse({
      kind: 'immediate',
      status: 529,
      headers: [['content-type', 'application/json']],
      body: '{}',
      details: 'aigw_internal',
    });
    expect(decodeAnswer(bytes)).toMatchObject({
      kind: 'immediateResponse',
      status: 529,
      body: '{}',
      details: 'aigw_internal',
      set: { 'content-type': 'application/json' },
    });
  });
});
