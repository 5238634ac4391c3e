import type { BodyMessage, HeadersMessage, ProcessingAnswer } from '../codec/messages.ts';
import type { Phase, Step } from './phase.ts';

/** What became of a message: answers in order, and where the stream stands now. */
export interface Outcome {
  readonly answers: readonly ProcessingAnswer[];
  readonly next: Phase;
}

/** Work may be synchronous; the pump keeps the order either way. */
export type Result = Outcome | Promise<Outcome>;

/** One stream of either kind. Methods may throw; `recover` then makes the answer. */
export interface StreamProcessor {
  /** `routeRequest`, `startAttempt` */
  begin(message: HeadersMessage): Result;
  readRequest(message: BodyMessage): Result;
  openResponse(message: HeadersMessage): Result;
  finishResponse(message: BodyMessage): Result;
  pushResponse(message: BodyMessage): Result;
  endResponse(): Result;
  /** The answer to a step that threw. Never throws. */
  recover(step: Step, error: unknown): Outcome;
  /** The stream is over. Called exactly once. Never throws. */
  close(): void;
}

/**
 * Answers out of turn, for a processor that has waited long enough. While a message is being worked on, and once the stream
 * is answered, `speak` is not even called. It must not throw.
 */
export type Interrupt = (speak: () => Outcome) => void;

/** Makes the processors of streams, by the step that opens them. */
export interface ProcessorFactory {
  router(interrupt: Interrupt): StreamProcessor;
  upstream(interrupt: Interrupt): StreamProcessor;
}
