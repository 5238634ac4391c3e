import type {
  HeaderChanges,
  ResponseFailure,
  StreamedResponse,
  TokenUsage,
  Translator,
} from '@aigw/translator';

import type { RecordedResponse } from './translate-options.ts';

/** What a client would get for a recorded answer. */
export interface ReplayedResponse {
  readonly status: number;
  readonly headers: HeaderChanges;
  readonly body: Uint8Array;
  readonly usage?: TokenUsage;
  readonly responseModel?: string;
  readonly failure?: ResponseFailure;
}

/** Translates a recorded answer of the provider. */
export function replayResponse(
  translator: Translator,
  recorded: RecordedResponse,
  body: Uint8Array,
): ReplayedResponse {
  const { status } = recorded;
  const contentType = recorded.contentType ?? guessContentType(body);
  const headers = new Map([['content-type', contentType], ...recorded.headers]);
  const response = translator.response({ status, headers });
  if (response.kind === 'streamed') return { status, ...replayStream(response, body) };
  const answer = response.finish(body);
  return { ...answer, status: answer.status ?? status, body: answer.body ?? body };
}

function replayStream(response: StreamedResponse, body: Uint8Array): Omit<ReplayedResponse, 'status'> {
  const first = response.push(body);
  // What follows a failure is never read.
  const chunks = first.failure === undefined ? [first, response.end()] : [first];
  const [start = body, ...rest] = chunks.map((chunk) => chunk.body);
  const last = <K extends 'usage' | 'responseModel' | 'failure'>(key: K) =>
    chunks.findLast((chunk) => chunk[key] !== undefined)?.[key];
  const usage = last('usage');
  const responseModel = last('responseModel');
  const failure = last('failure');
  return {
    headers: response.headers,
    body: Buffer.concat([start, ...rest.map((piece) => piece ?? new Uint8Array())]),
    ...(usage && { usage }),
    ...(responseModel !== undefined && { responseModel }),
    ...(failure && { failure }),
  };
}

/** Event streams begin with a length of four bytes, below 32 MiB; server-sent events with a field or a comment. */
export function guessContentType(body: Uint8Array): string {
  if (body[0] === 0 || body[0] === 1) return 'application/vnd.amazon.eventstream';
  const start = new TextDecoder().decode(body.subarray(0, 64)).trimStart();
  if (/^(event|data|id|retry)?:/.test(start)) return 'text/event-stream';
  return /^[[{"]/.test(start) ? 'application/json' : 'text/plain';
}
