import { errorTypesOf } from '../../error-types.ts';
import { objectOf, stringOf } from '../../schemas/json-fields.ts';
import type { ResponseError } from '../../schemas/openai/response.ts';
import type { ResponseFailure } from '../../translator.ts';
import type { AnswerEvent, FinishReason } from '../answer-event.ts';
import type { AnswerEncoder, AnswerFacts, AnswerIdentity } from '../conversation-api.ts';
import { AnswerItems } from './answer-items.ts';
import { createResponseEventWriter, membersOf } from './event-writer.ts';
import { createResponseWriter, type ResponseProgress } from './response-object.ts';

const incompleteReasons = {
  stop: undefined,
  tool_calls: undefined,
  length: 'max_output_tokens',
  content_filter: 'content_filter',
} as const satisfies Record<FinishReason, string | undefined>;

/** Writes one answer, as events, and at its end (or instead) as a response object. */
class ResponseEncoder implements AnswerEncoder {
  readonly #events = createResponseEventWriter();
  readonly #writeResponse: (progress: ResponseProgress) => string;
  readonly #items: AnswerItems;
  #reason: FinishReason = 'stop';

  constructor(identity: AnswerIdentity) {
    this.#writeResponse = createResponseWriter(identity);
    const place = wantsSummary(identity) ? 'summary' : 'content';
    this.#items = new AnswerItems(identity.requestId, place, this.#events);
  }

  encode(event: AnswerEvent): string {
    const items = this.#items;
    switch (event.kind) {
      case 'start':
        return (
          this.#lifecycle('created', { status: 'in_progress' }) +
          this.#lifecycle('in_progress', { status: 'in_progress' })
        );
      case 'text':
        return items.addText(event.text);
      case 'citations':
        return event.citations.map((citation) => items.cite(citation)).join('');
      case 'reasoning':
        return items.addReasoning(event.text);
      case 'reasoning_end':
        return items.endReasoning(event.block);
      case 'tool_call':
        return items.startCall(event);
      case 'tool_input':
        return items.addInput(event);
      case 'tool_end':
        return items.endCall(event.index);
      case 'finish':
        this.#reason = event.reason;
        return items.close(this.#progress({}).status);
    }
  }

  end(facts: AnswerFacts): string {
    const progress = this.#progress(facts);
    return this.#lifecycle(progress.status, progress);
  }

  /** SDKs raise on `error`, wherever they look for its details; other clients wait for `response.failed`. */
  fail({ code, message, status }: ResponseFailure): string {
    const details = { code, message, param: null };
    const type = errorTypesOf(code, status).openai;
    const error = { code: mapErrorCode(status), message };
    this.#items.abandon();
    return (
      this.#events.event('error', membersOf({ ...details, error: { type, ...details } })) +
      this.#lifecycle('failed', { status: 'failed', error })
    );
  }

  /** The whole response of an answer that has finished. */
  response(facts: AnswerFacts): string {
    return this.#writeResponse({ ...this.#progress(facts), output: this.#items.build() });
  }

  #progress(facts: AnswerFacts): Omit<ResponseProgress, 'output'> & { status: 'completed' | 'incomplete' } {
    const reason = incompleteReasons[this.#reason];
    if (reason === undefined) return { ...facts, status: 'completed' };
    return { ...facts, status: 'incomplete', incompleteDetails: { reason } };
  }

  #lifecycle(type: string, progress: Omit<ResponseProgress, 'output'>): string {
    const response = this.#writeResponse({ ...progress, output: this.#items.build() });
    return this.#events.event(`response.${type}`, `"response":${response}`);
  }
}

/** Clients that want a summary look for it there; others find the text as the reasoning itself. */
function wantsSummary({ request }: AnswerIdentity): boolean {
  const reasoning = objectOf(objectOf(request.document.value)?.['reasoning']);
  return stringOf(reasoning?.['summary'] ?? reasoning?.['generate_summary']) !== undefined;
}

/** The API has few names for what went wrong; the `error` event has the provider's own. */
function mapErrorCode(status: number): ResponseError['code'] {
  if (status === 429) return 'rate_limit_exceeded';
  return status === 400 || status === 413 ? 'invalid_prompt' : 'server_error';
}

/**
 * Writes a streamed answer as events of the Responses API.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function createResponseEncoder(identity: AnswerIdentity): AnswerEncoder {
  return new ResponseEncoder(identity);
}

/** The response object of a whole answer, as JSON: what a stream of it would leave behind. */
export function encodeResponse(
  events: readonly AnswerEvent[],
  facts: AnswerFacts,
  identity: AnswerIdentity,
): string {
  const encoder = new ResponseEncoder(identity);
  for (const event of events) encoder.encode(event);
  return encoder.response(facts);
}
