import type { UnaryReply } from '../reply.ts';

/** What can be scripted to go wrong with the provider itself. */
export type FailureName = 'throttling' | 'model' | 'unavailable' | 'internal';

/** How one provider says that something went wrong. */
export interface ProviderErrors {
  /** The failure as a whole answer, before any stream. */
  buildReply(failure: FailureName): UnaryReply;
  /** The failure as an event inside a stream. */
  encodeFrame(failure: FailureName): Buffer;
  /** An error inside a stream that the provider's API description does not name. */
  encodeUnmodelledFrame(): Buffer;
  /** The same frame, damaged on its way. */
  corruptFrame(frame: Buffer): Buffer;
}
