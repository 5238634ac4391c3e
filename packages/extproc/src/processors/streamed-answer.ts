import type { ResponseFailure, StreamedResponse, TranslatedChunk } from '@aigw/translator';
import type { BodyMessage, ChunkAnswer, DynamicMetadata } from '../codec/messages.ts';
import type { Outcome, Result } from '../stream/processor.ts';
import type { ContentDecoder } from './content-decoder.ts';
import type { HeaderPlan } from './header-plan.ts';
import type { ResponseReport } from './response-report.ts';

const empty = new Uint8Array();

/** The body of a response that is translated piece by piece. */
export interface StreamedAnswer {
  /** The answer to response headers after which nothing comes. */
  bodyless(plan: HeaderPlan): Outcome;
  push(message: BodyMessage): Result;
  /** The upstream ended with trailers. */
  end(): Result;
  /** Ends the response from our side. @throws what the translator throws. */
  abort(failure: ResponseFailure): Outcome;
}

export function createStreamedAnswer(
  streamed: StreamedResponse,
  decoder: ContentDecoder | undefined,
  report: ResponseReport,
): StreamedAnswer {
  const translate = (body: Uint8Array, isLast: boolean): Outcome =>
    buildOutcome(translatePiece(streamed, body, isLast), isLast, report);
  return {
    bodyless(plan) {
      const [tail] = translate(empty, true).answers;
      const body = tail?.kind === 'responseChunk' ? tail.body : empty;
      return { answers: [{ kind: 'responseHeaders', headers: plan.build(), body }], next: 'passing' };
    },
    push({ body, endOfStream }) {
      if (decoder === undefined) return translate(body, endOfStream);
      return decodePiece(decoder, body, endOfStream).then((plain) => translate(plain, endOfStream));
    },
    end() {
      if (decoder === undefined) return beforeTrailers(translate(empty, true));
      return decoder.end().then((rest) => beforeTrailers(translate(rest, true)));
    },
    abort: (failure) => buildOutcome([{ failure, ...streamed.fail(failure) }], true, report),
  };
}

/** The trailers end the response, so the tail in front of them must not. */
function beforeTrailers({ answers }: Outcome): Outcome {
  const tail = answers.map((answer) =>
    answer.kind === 'responseChunk' ? { ...answer, endOfStream: false } : answer,
  );
  return { answers: [...tail, { kind: 'responseTrailers' }], next: 'closed' };
}

/** A piece becomes at most two: its own translation and, at the end, the tail. */
function translatePiece(streamed: StreamedResponse, body: Uint8Array, isLast: boolean): TranslatedChunk[] {
  const chunks: TranslatedChunk[] = [];
  if (body.length > 0) {
    const chunk = streamed.push(body);
    chunks.push(chunk.body === undefined ? { ...chunk, body } : chunk);
    if (chunk.failure !== undefined) return chunks;
  }
  if (isLast) chunks.push(streamed.end());
  return chunks;
}

function buildOutcome(chunks: readonly TranslatedChunk[], isLast: boolean, report: ResponseReport): Outcome {
  const body = joinBodies(chunks);
  if (body.length > 0) report.output();
  let metadata: DynamicMetadata = {};
  for (const { usage, responseModel } of chunks)
    metadata = { ...metadata, ...report.facts(usage, responseModel) };
  const failure = chunks.find((chunk) => chunk.failure !== undefined)?.failure;
  const endOfStream = isLast || failure !== undefined;
  if (endOfStream) {
    metadata = { ...metadata, ...report.latencies() };
    report.end(failure);
  }
  const next = endOfStream ? 'closed' : 'streaming';
  const hasMetadata = Object.keys(metadata).length > 0;
  // Full duplex wants no answer to a piece that became nothing.
  if (body.length === 0 && !endOfStream && !hasMetadata) return { answers: [], next };
  const chunk: ChunkAnswer = { kind: 'responseChunk', body, endOfStream };
  return { answers: [hasMetadata ? { ...chunk, metadata } : chunk], next };
}

function joinBodies(chunks: readonly TranslatedChunk[]): Uint8Array {
  const bodies = chunks.flatMap(({ body }) => (body === undefined || body.length === 0 ? [] : [body]));
  return bodies.length === 1 ? (bodies[0] ?? empty) : Buffer.concat(bodies);
}

async function decodePiece(decoder: ContentDecoder, body: Uint8Array, isLast: boolean): Promise<Uint8Array> {
  const piece = body.length > 0 ? await decoder.decode(body) : empty;
  return isLast ? Buffer.concat([piece, await decoder.end()]) : piece;
}
