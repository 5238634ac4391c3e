import type {
  BackendSchema,
  MessagesVia,
  ModelCapabilityOverride,
  ModelFamily,
  UnsupportedFields,
} from '@aigw/api-types';
import type { JsonDocument } from './wire/json-document.ts';
import type { TokenUsage } from './usage.ts';

/** The client APIs that carry a model's work. */
export type Endpoint =
  'chatCompletions' | 'completions' | 'embeddings' | 'responses' | 'messages' | 'countTokens';

/** The dialect of errors and headers that a client expects; follows from its endpoint. */
export type Dialect = 'openai' | 'anthropic';

/** A client's request, parsed once at the router level and shared by all attempts. */
export interface ClientRequest {
  readonly endpoint: Endpoint;
  /** The query string with its `?`, or empty. */
  readonly query: string;
  /** Lower-case names; repeated headers joined with `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** The bytes as received, without a byte order mark. */
  readonly body: Uint8Array;
  /** The body as JSON, with access to the source text of every value. */
  readonly document: JsonDocument;
  readonly model: string;
  readonly stream: boolean;
}

/** What the translator must know of a backend; computed when the configuration is loaded. */
export interface UpstreamTarget {
  readonly schema: BackendSchema;
  readonly modelNameOverride?: string;
  readonly modelFamily?: ModelFamily;
  /** What configuration says of single models; the first that matches counts. */
  readonly modelCapabilities?: readonly ModelCapabilityOverride[];
  readonly unsupportedFields: UnsupportedFields;
  readonly messagesVia: MessagesVia;
}

/** Everything impure that a translation may use, taken once per attempt. */
export interface TranslationContext {
  /** Stable for the whole client request; basis of generated ids. */
  readonly requestId: string;
  /** Unix time in seconds: `created` of OpenAI objects. */
  readonly nowSeconds: number;
  /** Hex SHA-256 of a UTF-8 string, for names and ids that must be shortened reversibly. */
  readonly sha256: (text: string) => string;
}

/** A field that was dropped or changed on the way. @see docs: response header `x-ai-eg-warnings` */
export interface Warning {
  /** JSON path of the field in the client's request, such as `messages[0].content[1]`. */
  readonly path: string;
  readonly action: 'dropped' | 'changed';
  readonly reason: string;
}

/** Names are lower-case. Removal happens before setting. */
export interface HeaderChanges {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

/** The request of one attempt. Authentication is not in it. */
export interface UpstreamRequest {
  /** Value of `:path`, encoded as it goes on the wire. */
  readonly path: string;
  readonly headers: HeaderChanges;
  /** Absent when the client's bytes go out as they are. */
  readonly body?: Uint8Array;
  /** The model that the backend is asked for. */
  readonly model: string;
  readonly warnings: readonly Warning[];
}

/** A success that the gateway gives in place of the backend: status 200, and nothing goes upstream. */
export interface LocalAnswer {
  /** Names are lower-case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** Status and headers of an upstream response. */
export interface ResponseHead {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What went wrong in an answer, for metrics and logs. */
export interface ResponseFailure {
  /** The provider's error name (`ThrottlingException`) or one of ours (`stream_truncated`). */
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/** A whole response for the client. */
export interface ClientResponse {
  /** Absent: the upstream's status stands. */
  readonly status?: number;
  readonly headers: HeaderChanges;
  /** Absent: the upstream's bytes go out as they are. */
  readonly body?: Uint8Array;
  readonly usage?: TokenUsage;
  readonly responseModel?: string;
  readonly failure?: ResponseFailure;
}

/** What one piece of a streamed response became. */
export interface TranslatedChunk {
  /** Bytes for the client, possibly empty; absent: the upstream's bytes go out as they are (pass-through only). */
  readonly body?: Uint8Array;
  /** All that is known so far, cumulative; present when this piece changed it. */
  readonly usage?: TokenUsage;
  readonly responseModel?: string;
  /** Set once, with the piece that carries the error event; nothing follows it. */
  readonly failure?: ResponseFailure;
}

/** A response that needs its whole (decompressed) body: unary answers, errors, and JSON in place of a stream. */
export interface BufferedResponse {
  readonly kind: 'buffered';
  finish(body: Uint8Array): ClientResponse;
}

/** A response translated piece by piece. Output is a function of the concatenated input, however it was split. */
export interface StreamedResponse {
  readonly kind: 'streamed';
  readonly headers: HeaderChanges;
  /** Bytes of the (decompressed) body, split anywhere. */
  push(chunk: Uint8Array): TranslatedChunk;
  /** The upstream ended, by body or by trailers. Call exactly once; yields the tail, or the error event of a truncated stream. */
  end(): TranslatedChunk;
  /** Ends the stream from our side (idle limit, broken encoding) with the dialect's error event; nothing may be pushed after it. */
  fail(failure: ResponseFailure): TranslatedChunk;
}

/** One instance per upstream attempt. Synchronous, no I/O, no clock: the same bytes in give the same bytes out. */
export interface Translator {
  /**
   * Present where the gateway answers by itself: to be called in place of `request`, which then throws.
   * @throws TranslationError when the client's request is wrong.
   */
  answer?(): LocalAnswer;
  /** @throws TranslationError when the client's request cannot be expressed for this backend. */
  request(): UpstreamRequest;
  /** Decides, from status and content type, how the body is framed. Each call begins anew. Never throws. */
  response(head: ResponseHead): BufferedResponse | StreamedResponse;
}

/** Makes the translator of one endpoint for one upstream. */
export type CreateTranslator = (
  request: ClientRequest,
  target: UpstreamTarget,
  context: TranslationContext,
) => Translator;

/** A kind of backend: its schema and the endpoints that it serves. Adding one is a folder and a line in `registry.ts`. */
export interface Upstream {
  readonly schema: BackendSchema['name'];
  readonly endpoints: Partial<Record<Endpoint, CreateTranslator>>;
}
