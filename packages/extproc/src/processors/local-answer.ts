import { type LocalAnswer, requestIdHeader } from '@aigw/translator';
import type { RuntimeBackend } from '../config/runtime-config.ts';
import { endExchange, type Exchange } from '../stream/exchange.ts';
import type { Outcome } from '../stream/processor.ts';

const utf8 = new TextDecoder();

/** What the gateway answers in place of a backend, and in place of which. */
export interface LocalAnswerInput {
  readonly answer: LocalAnswer;
  readonly backend: RuntimeBackend;
  readonly routeName: string;
}

/** Ends an attempt with a success of our own: nothing goes upstream. */
export function answerLocally(exchange: Exchange, { answer, backend, routeName }: LocalAnswerInput): Outcome {
  const { dialect, requestId, observer, request } = exchange;
  const { schema, modelNameOverride } = backend.target;
  const model = modelNameOverride || (request?.model ?? '');
  observer?.attempt({ backend: backend.name, schema: schema.name, model, routeName });
  // The answer travels back through the router's filter, which must leave it as it is.
  exchange.isAnswered = true;
  endExchange(exchange, { kind: 'finished' });
  const immediate = {
    kind: 'immediate',
    status: 200,
    headers: [...answer.headers, [requestIdHeader(dialect), requestId]],
    body: utf8.decode(answer.body),
    details: 'aigw_local_answer',
  } as const;
  return { answers: [immediate], next: 'closed' };
}
