import type { BuiltChatRequest } from './build-request.ts';

/** What is needed to turn a chat completion into a message. */
export interface AnswerContext extends Pick<BuiltChatRequest, 'toolNames' | 'stopSequences'> {
  readonly requestId: string;
  /** The name to give where the answer names no model. */
  readonly model: string;
}
