import type { ClientRequest, ResponseFailure } from '../translator.ts';
import type { TokenUsage } from '../usage.ts';
import type { WarningCollector } from '../warnings.ts';
import { isJsonObject } from '../wire/json-document.ts';
import type { AnswerEvent } from './answer-event.ts';
import type { ChatRequest } from './chat-completions/chat-request.ts';

/** What is known of an answer when its first piece arrives. */
export interface AnswerIdentity {
  /** Basis of the ids in the answer. */
  readonly requestId: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly model: string;
  readonly request: ClientRequest;
}

/** What is known of an answer when it is complete. */
export interface AnswerFacts {
  readonly usage?: TokenUsage | undefined;
  readonly serviceTier?: string | undefined;
}

/** Writes one streamed answer as server-sent events. */
export interface AnswerEncoder {
  /** Text for one event, possibly empty. */
  encode(event: AnswerEvent): string;
  /** The tail of an answer that is complete. */
  end(facts: AnswerFacts): string;
  /** The end of an answer that is not. */
  fail(failure: ResponseFailure): string;
}

/** An API in which clients hold conversations: how its requests are read and its answers written. Upstreams know no more of it. */
export interface ConversationApi {
  /** Fields that `parseRequest` reads, or that say nothing to a translation. */
  readonly knownFields: ReadonlySet<string>;
  /** @throws TranslationError `invalid_request` or `unsupported_parameter` that names the field at fault. */
  readonly parseRequest: (request: ClientRequest, warnings: WarningCollector) => ChatRequest;
  readonly createEncoder: (identity: AnswerIdentity) => AnswerEncoder;
  /** The body of a whole answer. */
  readonly encodeAnswer: (
    events: readonly AnswerEvent[],
    facts: AnswerFacts,
    identity: AnswerIdentity,
  ) => string;
}

/** Warns of every field that is set and that neither the client's API knows nor the upstream takes, by the names in `taken`. */
export function warnOfDroppedFields(
  request: ClientRequest,
  { knownFields }: Pick<ConversationApi, 'knownFields'>,
  taken: ReadonlySet<string>,
  warnings: WarningCollector,
): void {
  const { value } = request.document;
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (member === null || knownFields.has(name) || taken.has(name)) continue;
    warnings.drop(name, 'the backend has no such field');
  }
}
