import type { BuiltMessagesRequest } from './build-converse-request.ts';

/** What is needed to turn Converse's answer into a message. */
export interface AnswerContext extends Pick<
  BuiltMessagesRequest,
  'toolNames' | 'usesOutputTool' | 'stopSequences'
> {
  readonly id: string;
  /** The name that the client asked for: Converse says none. */
  readonly model: string;
  /** The model that was asked. */
  readonly upstreamModel: string;
}
