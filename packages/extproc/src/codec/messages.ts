import type { HeaderChanges } from '@aigw/translator';

/** Headers by lower-case name, pseudo-headers included; repeated ones joined with `, `. */
export type HeaderMap = ReadonlyMap<string, string>;

/** Attributes that Envoy evaluated for us, by the name under which the filter asks for them. */
export type Attributes = ReadonlyMap<string, string>;

/** The headers of a request or a response. `endOfStream`: no body and no trailers follow. */
export interface HeadersMessage {
  readonly kind: 'requestHeaders' | 'responseHeaders';
  readonly headers: HeaderMap;
  /** Undefined when the filter asks for none. */
  readonly attributes: Attributes | undefined;
  /** Dynamic metadata of the namespaces that the filter forwards. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** True when the filter will show the response's body before its headers are answered; said with the first message only. */
  readonly showsResponse?: boolean;
  readonly endOfStream: boolean;
}

/** A body, or a piece of one. `body` is a view of the message's own bytes. */
export interface BodyMessage {
  readonly kind: 'requestBody' | 'responseBody';
  readonly body: Uint8Array;
  readonly endOfStream: boolean;
}

export interface TrailersMessage {
  readonly kind: 'requestTrailers' | 'responseTrailers';
}

/** What Envoy tells the external processor. */
export type ProcessingMessage = HeadersMessage | BodyMessage | TrailersMessage;

/** Values that go to the dynamic metadata namespace `io.envoy.ai_gateway`. */
export type DynamicMetadata = Readonly<Record<string, number | string>>;

/** Answer to a message of the same kind: go on, with these changes. */
export interface ContinueAnswer {
  readonly kind: ProcessingMessage['kind'];
  readonly headers?: HeaderChanges;
  /** Replaces the whole body. With headers it takes the place of a body that was not asked for (`CONTINUE_AND_REPLACE`). */
  readonly body?: Uint8Array;
  readonly clearRouteCache?: boolean;
  readonly metadata?: DynamicMetadata;
  /** In answer to response headers: deliver the rest of the response piece by piece. */
  readonly streamResponse?: boolean;
}

/** A piece of a response that is delivered piece by piece; need not match the pieces that came in. */
export interface ChunkAnswer {
  readonly kind: 'responseChunk';
  readonly body: Uint8Array;
  /** Ends the response here, whatever the upstream does. */
  readonly endOfStream: boolean;
  readonly metadata?: DynamicMetadata;
}

/** Answers the client at once; nothing goes upstream any more. */
export interface ImmediateAnswer {
  readonly kind: 'immediate';
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** For the access log; begins with `aigw_`. */
  readonly details: string;
}

/** Asks for more time for the message that waits for its answer. Envoy grants it once a message. */
export interface ExtendAnswer {
  readonly kind: 'extend';
  readonly timeoutMs: number;
}

/** What the external processor tells Envoy. */
export type ProcessingAnswer = ContinueAnswer | ChunkAnswer | ImmediateAnswer | ExtendAnswer;
