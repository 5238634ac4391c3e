import type { ProcessingMessage } from '../codec/messages.ts';

/**
 * Where one stream stands.
 * - `opening`: nothing has come yet.
 * - `awaitingRequest`: a client's request whose body is to come.
 * - `awaitingResponse`: the request is on its way.
 * - `buffering`: a response whose whole body comes in one message.
 * - `streaming`: a response that is delivered piece by piece.
 * - `passing`: whatever comes is let through unchanged.
 * - `closed`: the exchange is answered; whatever comes is ignored.
 * - `left`: we have ended our side well and Envoy goes on alone; it has kept what it sent in the meantime.
 */
export type Phase =
  | 'opening'
  | 'awaitingRequest'
  | 'awaitingResponse'
  | 'buffering'
  | 'streaming'
  | 'passing'
  | 'closed'
  | 'left';

/**
 * What is to be done with a message.
 * `routeRequest` and `startAttempt` are the two ways in which a stream begins; `pass` answers without a change; `ignore` does not answer.
 */
export type Step =
  | 'routeRequest'
  | 'startAttempt'
  | 'readRequest'
  | 'openResponse'
  | 'finishResponse'
  | 'pushResponse'
  | 'endResponse'
  | 'pass'
  | 'ignore';

type Kind = ProcessingMessage['kind'];

const steps: Readonly<Record<Exclude<Phase, 'opening' | 'closed' | 'left'>, Partial<Record<Kind, Step>>>> = {
  awaitingRequest: { requestBody: 'readRequest', responseHeaders: 'openResponse' },
  awaitingResponse: { responseHeaders: 'openResponse' },
  buffering: { responseBody: 'finishResponse' },
  streaming: { responseBody: 'pushResponse', responseTrailers: 'endResponse' },
  passing: {},
};

/**
 * The step for a message in a phase; total, so that no order of messages can break a stream.
 * The two kinds of stream are told apart by attributes, which only the filter in front of an upstream asks for.
 */
export function chooseStep(phase: Phase, message: ProcessingMessage): Step {
  if (phase === 'closed' || phase === 'left') return 'ignore';
  if (phase !== 'opening') return steps[phase][message.kind] ?? 'pass';
  if (message.kind !== 'requestHeaders') return 'pass';
  return message.attributes === undefined ? 'routeRequest' : 'startAttempt';
}

/** The phases that a step may lead to; a step that changes nothing stays. */
export const successors: Readonly<Record<Exclude<Step, 'pass' | 'ignore'>, readonly Phase[]>> = {
  routeRequest: ['awaitingRequest', 'passing', 'closed'],
  startAttempt: ['awaitingResponse', 'passing', 'closed', 'left'],
  readRequest: ['awaitingResponse', 'closed'],
  openResponse: ['buffering', 'streaming', 'passing', 'closed', 'left'],
  finishResponse: ['passing', 'closed'],
  pushResponse: ['streaming', 'closed', 'left'],
  endResponse: ['closed', 'left'],
};

/** The phase after a message that needed no work: a stream that does not begin with request headers is let through. */
export function afterPass(phase: Phase): Phase {
  return phase === 'opening' ? 'passing' : phase;
}
