import { parseClientRequest } from '../client-request.ts';
import type {
  ClientRequest,
  ClientResponse,
  CreateTranslator,
  Endpoint,
  ResponseFailure,
  ResponseHead,
  TranslationContext,
  Translator,
  UpstreamTarget,
} from '../translator.ts';
import type { TokenUsage } from '../usage.ts';

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** 64 hex digits that depend on every character: what translations need of a hash, without an import. */
function standInHash(value: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < value.length; index++) {
    hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0').repeat(8);
}

/** A fixed context. */
export const testContext: TranslationContext = {
  requestId: 'req-1',
  nowSeconds: 1_700_000_000,
  sha256: standInHash,
};

/** A backend of the given schema; `Drop`, `Auto` unless said otherwise. */
export function testTarget(
  schema: UpstreamTarget['schema']['name'],
  more: Partial<UpstreamTarget> = {},
): UpstreamTarget {
  return { schema: { name: schema }, unsupportedFields: 'Drop', messagesVia: 'Auto', ...more };
}

/** A client's request as the router level would parse it; `body` is JSON text or a value. */
export function testRequest(
  endpoint: Endpoint,
  body: unknown,
  options: { headers?: Record<string, string>; path?: string } = {},
): ClientRequest {
  return parseClientRequest({
    endpoint,
    path: options.path ?? '/',
    headers: new Map(Object.entries(options.headers ?? {})),
    body: typeof body === 'string' ? utf8.encode(body) : utf8.encode(JSON.stringify(body)),
  });
}

/** Status and headers of an upstream's answer. */
export function testHead(
  status: number,
  contentType?: string,
  more: Record<string, string> = {},
): ResponseHead {
  const headers = { ...(contentType !== undefined && { 'content-type': contentType }), ...more };
  return { status, headers: new Map(Object.entries(headers)) };
}

/** Makes a translator and lets it write its request, as extproc does. */
export function startTranslator(
  create: CreateTranslator,
  request: ClientRequest,
  target: UpstreamTarget,
): Translator {
  const translator = create(request, target, testContext);
  translator.request();
  return translator;
}

/** The text of a body. */
export function textOf(body: Uint8Array | undefined): string {
  return text.decode(body);
}

/** The JSON of a body. */
export function jsonOf(body: Uint8Array | undefined): unknown {
  return JSON.parse(textOf(body));
}

/** Everything that came of a whole answer. */
export function finishBuffered(
  translator: Translator,
  head: ResponseHead,
  body: string | Uint8Array,
): ClientResponse {
  const response = translator.response(head);
  if (response.kind !== 'buffered') throw new Error('expected a buffered response');
  return response.finish(typeof body === 'string' ? utf8.encode(body) : body);
}

/** What a client and the meters saw of a stream. */
export interface StreamResult {
  readonly text: string;
  readonly usage: TokenUsage | undefined;
  readonly responseModel: string | undefined;
  readonly failures: readonly ResponseFailure[];
}

/** Runs a stream through, piece by piece. Pieces that pass on unchanged count with their own bytes. */
export function runStream(
  translator: Translator,
  head: ResponseHead,
  pieces: readonly Uint8Array[],
): StreamResult {
  const response = translator.response(head);
  if (response.kind !== 'streamed') throw new Error('expected a streamed response');
  const decoder = new TextDecoder();
  let out = '';
  let usage: TokenUsage | undefined;
  let responseModel: string | undefined;
  const failures: ResponseFailure[] = [];
  const steps = [...pieces.map((piece) => () => ({ piece, chunk: response.push(piece) }))];
  for (const step of [...steps, () => ({ piece: new Uint8Array(0), chunk: response.end() })]) {
    const { piece, chunk } = step();
    out += decoder.decode(chunk.body ?? piece, { stream: true });
    usage = chunk.usage ?? usage;
    responseModel = chunk.responseModel ?? responseModel;
    if (chunk.failure) failures.push(chunk.failure);
  }
  return { text: out + decoder.decode(), usage, responseModel, failures };
}
