import type { BuiltConverseRequest } from '../converse/assemble-request.ts';

/** What is needed to read Converse's answer. */
export type AnswerContext = Pick<BuiltConverseRequest, 'toolNames' | 'usesOutputTool'>;
