import { errorTypesOf, normalizeErrorName } from './error-types.ts';
import { encodeErrorBody, errorTable, TranslationError } from './errors.ts';
import { bodyHeaders } from './response-head.ts';
import type { ClientResponse, Dialect, ResponseFailure, ResponseHead } from './translator.ts';
import { parseUpstreamObject, type UpstreamObject } from './upstream-json.ts';
import { isJsonObject, type JsonValue } from './wire/json-document.ts';
import { encodeSseEvent } from './wire/sse-encoder.ts';

/** What an error answer of a provider says, whatever its format. */
interface ErrorReport {
  readonly name: string | undefined;
  readonly message: string | undefined;
  readonly param: string | undefined;
}

const maxMessageLength = 4096;
const utf8 = new TextEncoder();
const lenientUtf8 = new TextDecoder();

/** An answer that was no success: who asked, and what came back. */
export interface UpstreamErrorInput {
  readonly dialect: Dialect;
  readonly head: ResponseHead;
  readonly body: Uint8Array;
  readonly requestId: string;
}

/**
 * The error answer of any provider (AWS, Anthropic, OpenAI-like, a proxy's HTML, nothing at all) in the client's dialect.
 * The status and `retry-after` are kept; an error that came with a status of success gets the one that its name stands for.
 * The body is always valid JSON.
 */
export function upstreamErrorToClient({
  dialect,
  head,
  body,
  requestId,
}: UpstreamErrorInput): ClientResponse {
  const { name, message, param } = readErrorReport(head, body);
  const status = head.status >= 300 ? head.status : errorTypesOf(name, 502).status;
  const failure = {
    code: name ?? 'upstream_error',
    message: message ?? `The provider answered with status ${head.status} and no message`,
    status,
  };
  const answer = failureToClient(dialect, failure, requestId, param);
  if (status !== head.status) return answer;
  const { headers, body: encoded } = answer;
  return { headers, ...(encoded && { body: encoded }), failure };
}

/** A failure as a whole answer in the client's dialect, with its own status. */
export function failureToClient(
  dialect: Dialect,
  failure: ResponseFailure,
  requestId: string,
  param?: string,
): ClientResponse {
  const { code, message, status } = failure;
  const type = errorTypesOf(code, status)[dialect];
  return {
    status,
    headers: bodyHeaders(dialect, 'application/json', requestId),
    body: utf8.encode(encodeErrorBody(dialect, { type, code, message, param, requestId })),
    failure,
  };
}

/** What went wrong, for metrics, in an error answer that is handed on untouched. */
export function upstreamFailure(head: ResponseHead, body: Uint8Array): ResponseFailure {
  const { name, message } = readErrorReport(head, body);
  return { code: name ?? 'upstream_error', message: message ?? '', status: head.status };
}

/** The failure that a thrown error stands for. */
export function failureOf(error: unknown): ResponseFailure {
  if (!TranslationError.is(error))
    return { code: 'internal', message: 'The gateway failed on this answer', status: 500 };
  // Where an answer is read, input that is refused (nested too deep, say) is the provider's.
  const code = error.code === 'invalid_request' ? 'upstream_error' : error.code;
  return { code, message: error.message, status: errorTable[code].status };
}

/** The event that ends a stream in failure: the SDKs of both dialects raise on it. */
export function encodeStreamError(dialect: Dialect, failure: ResponseFailure): string {
  const types = errorTypesOf(failure.code, failure.status);
  const { message, code } = failure;
  if (dialect === 'anthropic') {
    const error = { type: types.anthropic, message };
    return encodeSseEvent({ event: 'error', data: JSON.stringify({ type: 'error', error }) });
  }
  return encodeSseEvent({
    data: JSON.stringify({ error: { message, type: types.openai, code, param: null } }),
  });
}

function readErrorReport(head: ResponseHead, body: Uint8Array): ErrorReport {
  const header = head.headers.get('x-amzn-errortype');
  const headerName = header === undefined ? undefined : nonEmpty(normalizeErrorName(header));
  const object = parseObject(body);
  if (!object) return { name: headerName, message: readText(body), param: undefined };
  const report = readErrorObject(object);
  return { ...report, name: headerName ?? report.name };
}

function parseObject(body: Uint8Array): UpstreamObject | undefined {
  try {
    return parseUpstreamObject(body);
  } catch {
    return undefined;
  }
}

/** Reads `{error: {…}}`, `{error: "…"}` and the flat forms of AWS and others. */
function readErrorObject({ value, document }: UpstreamObject): ErrorReport {
  const inner = value['error'];
  const flat = isJsonObject(inner) ? inner : value;
  const name = text(flat['__type']) ?? text(flat['code']) ?? text(flat['type']);
  return {
    name: name === undefined ? undefined : normalizeErrorName(name),
    message:
      text(flat['message']) ??
      text(flat['Message']) ??
      text(flat['originalMessage']) ??
      text(inner) ??
      text(flat['detail']) ??
      document.text.slice(0, maxMessageLength),
    param: text(flat['param']),
  };
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? nonEmpty(value) : undefined;
}

function nonEmpty(value: string): string | undefined {
  return value.trim() === '' ? undefined : value;
}

/** Plain text as it is; of HTML only the words. */
function readText(body: Uint8Array): string | undefined {
  const source = lenientUtf8.decode(body.subarray(0, 4 * maxMessageLength));
  const words = /^\s*</.test(source)
    ? source.replace(/<(style|script|head)\b[^]*?<\/\1>|<[^<>]*>/gi, ' ')
    : source;
  return nonEmpty(words.replace(/\s+/g, ' ').trim().slice(0, maxMessageLength));
}
