import type { BuiltMessagesRequest } from './build-request.ts';

/** What is needed to read Claude's answer. */
export type AnswerContext = Pick<BuiltMessagesRequest, 'toolNames' | 'usesOutputTool'>;
