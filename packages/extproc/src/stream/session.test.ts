import fc from 'fast-check';
import {
  bodyMessage,
  createTestLogger,
  encodeRequest,
  headersMessage,
  startConversation,
} from '../__fixtures__/envoy.ts';
import { attemptHeaders, clientHeaders, createTestGateway } from '../__fixtures__/gateway.ts';
import type { ProcessingMessage } from '../codec/messages.ts';
import type { Interrupt, Outcome, ProcessorFactory, StreamProcessor } from './processor.ts';
import { createSession } from './session.ts';

/** A processor that echoes bodies when the test lets it. */
function createSlowProcessor(): {
  factory: ProcessorFactory;
  release: (text: string) => void;
  closed: () => number;
} {
  const waiting = new Map<string, (outcome: Outcome) => void>();
  let closed = 0;
  const start = (next: Outcome['next']): Outcome => ({ answers: [{ kind: 'responseHeaders' }], next });
  const processor: StreamProcessor = {
    begin: () => ({ answers: [], next: 'awaitingResponse' }),
    readRequest: () => ({ answers: [], next: 'awaitingResponse' }),
    openResponse: () => start('streaming'),
    finishResponse: () => start('passing'),
    pushResponse: ({ body }) => new Promise((resolve) => waiting.set(Buffer.from(body).toString(), resolve)),
    endResponse: () => start('closed'),
    recover: () => ({ answers: [], next: 'closed' }),
    close: () => void (closed += 1),
  };
  return {
    factory: { router: () => processor, upstream: () => processor },
    release(text) {
      const answer = { kind: 'responseChunk', body: Buffer.from(text), endOfStream: false } as const;
      waiting.get(text)?.({ answers: [answer], next: 'streaming' });
    },
    closed: () => closed,
  };
}

const opening = [headersMessage('requestHeaders', {}), headersMessage('responseHeaders', {})];

describe('session', () => {
  it('answers pipelined messages in order, however long each takes', async () => {
    const slow = createSlowProcessor();
    const logger = createTestLogger();
    const stream = startConversation((one) => createSession({ processors: slow.factory, logger }, one));
    for (const message of opening) stream.send(message);
    const texts = ['a', 'b', 'c'];
    for (const text of texts) stream.send(bodyMessage('responseBody', text, false));
    expect(stream.answers).toHaveLength(1);
    for (const [index, text] of texts.entries()) {
      slow.release(text);
      await stream.reach(index + 2);
    }
    expect(stream.answers.slice(1).map(({ body }) => body)).toEqual(texts);
  });

  it('stops reading while too many messages wait, and goes on after', async () => {
    const slow = createSlowProcessor();
    const logger = createTestLogger();
    const stream = startConversation((one) => createSession({ processors: slow.factory, logger }, one));
    for (const message of opening) stream.send(message);
    for (let index = 0; index < 70; index += 1) stream.send(bodyMessage('responseBody', `m${index}`, false));
    expect(stream.events).toEqual(['pause']);
    for (let index = 0; index < 70; index += 1) {
      slow.release(`m${index}`);
      await stream.reach(index + 2);
    }
    expect(stream.events).toEqual(['pause', 'resume']);
  });

  it('stops reading while the peer is slow to take answers', () => {
    const gateway = createTestGateway({});
    const stream = startConversation(gateway.open, () => false);
    stream.send(headersMessage('requestHeaders', clientHeaders('/v1/chat/completions')));
    expect(stream.events).toEqual(['pause']);
    stream.handler.onDrain();
    expect(stream.events).toEqual(['pause', 'resume']);
  });

  it('cleans up once when cancelled, and answers nothing after', async () => {
    const slow = createSlowProcessor();
    const logger = createTestLogger();
    const stream = startConversation((one) => createSession({ processors: slow.factory, logger }, one));
    for (const message of [...opening, bodyMessage('responseBody', 'a', false)]) stream.send(message);
    stream.handler.onCancel();
    stream.handler.onCancel();
    slow.release('a');
    stream.send(bodyMessage('responseBody', 'b', false));
    await Promise.resolve();
    expect(stream.answers).toHaveLength(1);
    expect(slow.closed()).toBe(1);
    expect(logger.lines).toEqual([]);
  });

  it('ends its half when Envoy has ended the other and all is answered', async () => {
    const slow = createSlowProcessor();
    const logger = createTestLogger();
    const stream = startConversation((one) => createSession({ processors: slow.factory, logger }, one));
    for (const message of [...opening, bodyMessage('responseBody', 'a', false)]) stream.send(message);
    stream.handler.onHalfClose();
    expect(stream.events).toEqual([]);
    slow.release('a');
    await stream.reach(2);
    await Promise.resolve();
    expect(stream.events).toEqual(['end']);
    expect(slow.closed()).toBe(1);
  });

  it('ends its half when a processor leaves, and is deaf after', () => {
    let closed = 0;
    const processor: StreamProcessor = {
      ...createSlowProcessor().factory.router(() => undefined),
      begin: () => ({ answers: [{ kind: 'requestHeaders' }], next: 'left' }),
      close: () => void (closed += 1),
    };
    const processors = { router: () => processor, upstream: () => processor };
    const stream = startConversation((one) => createSession({ processors, logger: createTestLogger() }, one));
    expect(stream.send(headersMessage('requestHeaders', {}))).toHaveLength(1);
    expect(stream.events).toEqual(['end']);
    expect(stream.send(headersMessage('responseHeaders', {}))).toEqual([]);
    stream.handler.onCancel();
    expect(closed).toBe(1);
  });

  it('takes a word out of turn, but not while a message is being worked on, nor after the end', async () => {
    const slow = createSlowProcessor();
    let interrupt: Interrupt = () => undefined;
    const router = (given: Interrupt): StreamProcessor => {
      interrupt = given;
      return slow.factory.router(given);
    };
    const processors = { router, upstream: router };
    const stream = startConversation((one) => createSession({ processors, logger: createTestLogger() }, one));
    for (const message of opening) stream.send(message);
    const word = { kind: 'responseChunk', body: Buffer.from('word'), endOfStream: false } as const;
    stream.send(bodyMessage('responseBody', 'a', false));
    interrupt(() => ({ answers: [word], next: 'streaming' }));
    expect(stream.answers).toHaveLength(1);
    slow.release('a');
    await stream.reach(2);
    interrupt(() => ({ answers: [word], next: 'closed' }));
    expect(stream.answers[2]!.body).toBe('word');
    expect(stream.send(bodyMessage('responseBody', 'b', false))).toEqual([]);
    interrupt(() => ({ answers: [word], next: 'closed' }));
    expect(stream.answers).toHaveLength(3);
    stream.handler.onCancel();
    interrupt(() => ({ answers: [word], next: 'closed' }));
    expect(stream.answers).toHaveLength(3);
  });

  it('fails the stream when a message cannot be read', () => {
    const gateway = createTestGateway({});
    const stream = gateway.start();
    stream.handler.onMessage(Buffer.from([0x12, 0xff]));
    expect(stream.events).toEqual(['fail message cannot be read']);
  });

  it('survives any messages in any order, answers at most once each outside streams, and forgets its request', () => {
    const path = fc.constantFrom('/v1/chat/completions', '/v1/messages', '/v1/models', '/nope', '');
    const headers = fc.dictionary(
      fc.constantFrom(':status', 'content-encoding', 'content-type', 'x-ai-eg-a'),
      fc.string(),
    );
    const message: fc.Arbitrary<ProcessingMessage> = fc.oneof(
      fc
        .tuple(path, headers, fc.boolean())
        .map(([at, own, endOfStream]) =>
          headersMessage('requestHeaders', clientHeaders(at, own), { endOfStream }),
        ),
      fc
        .tuple(headers, fc.boolean())
        .map(([own, showsResponse]) => attemptHeaders('b1', own, { showsResponse })),
      fc
        .tuple(headers, fc.boolean())
        .map(([own, endOfStream]) => headersMessage('responseHeaders', own, { endOfStream })),
      fc
        .tuple(fc.constantFrom('requestBody', 'responseBody'), fc.string(), fc.boolean())
        .map(([kind, text, endOfStream]) => bodyMessage(kind, text, endOfStream)),
      fc.constant(bodyMessage('requestBody', '{"model":"m","stream":true}')),
      fc.constantFrom({ kind: 'requestTrailers' } as const, { kind: 'responseTrailers' } as const),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (sequence) => {
        const gateway = createTestGateway({});
        const stream = gateway.start();
        for (const one of sequence) {
          const answers = stream.send(one);
          expect(answers.length).toBeLessThanOrEqual(one.kind === 'responseTrailers' ? 2 : 1);
        }
        stream.handler.onCancel();
        expect(gateway.deps.exchanges.size).toBe(0);
        expect(gateway.outcomes.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }), (pieces) => {
        const stream = createTestGateway({}).start();
        for (const piece of pieces) stream.handler.onMessage(Buffer.from(piece));
        stream.handler.onMessage(encodeRequest(bodyMessage('requestBody', 'x')));
        stream.handler.onHalfClose();
        stream.handler.onCancel();
      }),
    );
  });
});
