import type { BuiltConverseRequest } from './build-converse-request.ts';

/** What is needed to read Converse's answer. */
export type AnswerContext = Pick<BuiltConverseRequest, 'toolNames' | 'usesOutputTool'>;
