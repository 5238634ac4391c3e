import { createAnswerBuilder, type AnswerBuilder } from '../../../endpoints/answer-builder.ts';
import type { AnswerEvent } from '../../../endpoints/answer-event.ts';
import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { UpstreamObject } from '../../../upstream-json.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import type { AnswerContext } from './answer-context.ts';
import { outputToolName } from '../../../endpoints/chat-completions/choose-output-format.ts';
import { convertCitation } from './convert-citation.ts';
import { mapStopReason } from './map-stop-reason.ts';

/**
 * Reads a whole message.
 * @see https://docs.anthropic.com/en/api/messages
 */
export function convertResponse(
  { document, value }: UpstreamObject,
  context: AnswerContext,
): readonly AnswerEvent[] {
  const answer = createAnswerBuilder();
  for (const [index, element] of listOf(value['content']).entries()) {
    const input = (): string => document.rawAt(['content', index, 'input']) ?? '{}';
    readBlock(answer, objectOf(element) ?? {}, { context, input });
  }
  const hasCalls = answer.toolCount > 0;
  const reason = mapStopReason(stringOf(value['stop_reason']), hasCalls);
  const isOutput = context.usesOutputTool && reason === 'tool_calls' && !hasCalls;
  return answer.finish(isOutput ? 'stop' : reason);
}

interface BlockReader {
  readonly context: AnswerContext;
  /** The source text of the block's tool input. */
  readonly input: () => string;
}

/** Blocks that clients have no use for, such as server tools, and those of the future, are passed over. */
function readBlock(answer: AnswerBuilder, block: JsonObject, reader: BlockReader): void {
  switch (stringOf(block['type']) ?? '') {
    case 'text':
      readText(answer, block);
      break;
    case 'thinking':
      readThinking(answer, block);
      break;
    case 'redacted_thinking':
      answer.addHiddenReasoning({ kind: 'redacted_thinking', data: stringOf(block['data']) ?? '' });
      break;
    case 'tool_use':
      readToolUse(answer, block, reader);
      break;
  }
}

function readText(answer: AnswerBuilder, block: JsonObject): void {
  const passage = answer.addText(stringOf(block['text']) ?? '');
  answer.cite(listOf(block['citations']).flatMap((value) => convertCitation(value, passage) ?? []));
}

function readThinking(answer: AnswerBuilder, block: JsonObject): void {
  const text = stringOf(block['thinking']) ?? '';
  const signature = stringOf(block['signature']) ?? '';
  answer.addReasoning(text, { kind: 'thinking', text, ...(signature !== '' && { signature }) });
}

function readToolUse(answer: AnswerBuilder, block: JsonObject, { context, input }: BlockReader): void {
  const name = stringOf(block['name']) ?? '';
  if (context.usesOutputTool && name === outputToolName) answer.addText(input());
  else answer.addCall({ id: stringOf(block['id']) ?? '', name: context.toolNames.toClient(name) }, input());
}
