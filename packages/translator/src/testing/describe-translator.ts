import fc from 'fast-check';
import { dialectOf } from '../dialect.ts';
import { createTranslator } from '../registry.ts';
import type { ClientRequest, ResponseHead, Translator, UpstreamTarget } from '../translator.ts';
import {
  finishBuffered,
  jsonOf,
  runStream,
  startTranslator,
  testContext,
  testHead,
} from './run-translator.ts';
import { splits } from './splits.ts';

/** A pair of APIs with one exchange of each kind. */
export interface TranslatorCase {
  readonly request: ClientRequest;
  readonly target: UpstreamTarget;
  /** A whole answer. */
  readonly unary: { readonly head: ResponseHead; readonly body: Uint8Array };
  /** The same request as a stream, and two streams of events; `failing` has an error of the provider in the middle. */
  readonly stream: {
    readonly request: ClientRequest;
    readonly head: ResponseHead;
    readonly complete: Uint8Array;
    readonly failing: Uint8Array;
    /** Offset in `complete` before which the answer is certainly not complete. */
    readonly incompleteBefore: number;
  };
}

const utf8 = new TextEncoder();
const errorBody = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => utf8.encode(text)),
  fc.json().map((text) => utf8.encode(text)),
  fc.uint8Array(),
);
const errorHeaders = fc.record(
  { 'content-type': fc.constantFrom('application/json', 'text/html'), 'x-amzn-errortype': fc.string() },
  { requiredKeys: [] },
);
const errorEvent = { openai: /data: \{"error":.*\}\n\n$/, anthropic: /event: error\ndata: .*\n\n$/ };
/** The end of a failed stream of responses, whose error is part of a sequence of events. */
const failedResponse = /event: error\ndata: .*\n\nevent: response\.failed\ndata: .*\n\n$/;

/** What every translator owes to its callers, whatever it translates. */
export function describeTranslator(name: string, exchange: TranslatorCase): void {
  describe(`${name}: contract`, () => {
    describeRequests(exchange);
    describeStreams(exchange);
    describeErrors(exchange);
  });
}

function describeRequests({ request, target, unary }: TranslatorCase): void {
  test('the same request gives the same bytes, and leaves the client its own', () => {
    const before = request.body.slice();
    const translator = createTranslator(request, target, testContext);
    const first = translator.request();
    expect(translator.request()).toEqual(first);
    expect(createTranslator(request, target, testContext).request()).toEqual(first);
    expect(request.body).toEqual(before);
  });

  test('a whole answer yields usage and no failure', () => {
    const { usage, failure } = finishBuffered(start(request, target), unary.head, unary.body);
    expect(failure).toBeUndefined();
    expect(usage?.outputTokens).toBeGreaterThan(0);
  });
}

function describeStreams({ stream, target }: TranslatorCase): void {
  const { endpoint } = stream.request;
  const failed = endpoint === 'responses' ? failedResponse : errorEvent[dialectOf(endpoint)];
  const run = (chunks: readonly Uint8Array[]): ReturnType<typeof runStream> =>
    runStream(start(stream.request, target), stream.head, chunks);

  test.each(['complete', 'failing'] as const)(
    'a %s stream does not depend on how it was split, not even within a character [A56] [A72]',
    (kind) => {
      const whole = run([stream[kind]]);
      expect(whole.failures).toHaveLength(kind === 'failing' ? 1 : 0);
      fc.assert(
        fc.property(fc.array(fc.nat()), (cuts) => {
          for (const chunks of splits(stream[kind], cuts)) expect(run(chunks)).toEqual(whole);
        }),
        { numRuns: 20 },
      );
    },
  );

  test('a stream that stops before the answer is complete ends in an error event [A66]', () => {
    fc.assert(
      fc.property(fc.nat(stream.incompleteBefore - 1), (length) => {
        const { text, failures } = run([stream.complete.subarray(0, length)]);
        expect(failures.map(({ code }) => code)).toEqual(['stream_truncated']);
        expect(text).toMatch(failed);
        expect(text).not.toMatch(/\[DONE\]|response\.(?:completed|incomplete)/);
      }),
    );
  });

  test('nothing follows a stream that was ended from outside', () => {
    const response = start(stream.request, target).response(stream.head);
    if (response.kind !== 'streamed') throw new Error('expected a streamed response');
    const failure = { code: 'stream_idle_timeout', message: 'idle', status: 504 };
    expect(response.fail(failure).failure).toEqual(failure);
    for (const chunk of [response.push(stream.complete), response.end(), response.fail(failure)]) {
      expect(chunk).toEqual({ body: new Uint8Array(0) });
    }
  });
}

function describeErrors({ request, stream, target }: TranslatorCase): void {
  test('every error answer is JSON in the dialect of the client, with the status kept [A55]', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), errorHeaders, errorBody, (status, headers, body) => {
        for (const client of [request, stream.request]) {
          const head = testHead(status, undefined, headers);
          const answer = finishBuffered(start(client, target), head, body);
          const { error } = jsonOf(answer.body ?? body) as { error: { message?: unknown } };
          expect(error).toBeDefined();
          expect(answer.status ?? status).toBe(status);
          expect(answer.failure?.status).toBe(status);
          if (answer.body) expect(error.message).toMatch(/\S/);
        }
      }),
    );
  });
}

function start(request: ClientRequest, target: UpstreamTarget): Translator {
  return startTranslator(createTranslator, request, target);
}
