import { createAnswerBuilder, type AnswerBuilder } from '../../../endpoints/answer-builder.ts';
import type { AnswerEvent } from '../../../endpoints/answer-event.ts';
import type { AnswerFacts } from '../../../endpoints/conversation-api.ts';
import { TranslationError } from '../../../errors.ts';
import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { UpstreamObject } from '../../../upstream-json.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import { outputToolName } from '../../../endpoints/chat-completions/choose-output-format.ts';
import { mapUsage } from '../converse/map-usage.ts';
import { readThinkingTokens } from '../converse/response-fields.ts';
import type { AnswerContext } from './answer-context.ts';
import { convertCitation } from './convert-citation.ts';
import { mapStopReason } from './map-stop-reason.ts';

/** A whole answer, and what it cost. */
export interface ConvertedAnswer {
  readonly events: readonly AnswerEvent[];
  readonly facts: AnswerFacts;
}

/**
 * Reads the answer of Converse.
 * @throws TranslationError `upstream_error` when there is no message in it.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function convertResponse(
  { document, value }: UpstreamObject,
  context: AnswerContext,
): ConvertedAnswer {
  const message = objectOf(objectOf(value['output'])?.['message']);
  if (!message) throw new TranslationError('upstream_error', 'The provider answered without a message');
  const answer = createAnswerBuilder();
  for (const [index, block] of listOf(message['content']).entries()) {
    const input = (): string =>
      document.rawAt(['output', 'message', 'content', index, 'toolUse', 'input']) ?? '{}';
    readBlock(answer, objectOf(block) ?? {}, { context, input });
  }
  const hasCalls = answer.toolCount > 0;
  const reason = mapStopReason(stringOf(value['stopReason']), hasCalls);
  const isOutput = context.usesOutputTool && reason === 'tool_calls' && !hasCalls;
  const serviceTier = stringOf(objectOf(value['serviceTier'])?.['type']);
  const usage = mapUsage(value['usage'], readThinkingTokens(value));
  return { events: answer.finish(isOutput ? 'stop' : reason), facts: { usage, serviceTier } };
}

interface BlockReader {
  readonly context: AnswerContext;
  /** The source text of the block's tool input. */
  readonly input: () => string;
}

/** Blocks that clients have no use for, and those of the future, are passed over. */
function readBlock(answer: AnswerBuilder, block: JsonObject, reader: BlockReader): void {
  const text = stringOf(block['text']);
  if (text !== undefined) answer.addText(text);
  readReasoning(answer, objectOf(block['reasoningContent']));
  readCitations(answer, objectOf(block['citationsContent']));
  readToolUse(answer, objectOf(block['toolUse']), reader);
}

function readReasoning(answer: AnswerBuilder, reasoning: JsonObject | undefined): void {
  const data = stringOf(reasoning?.['redactedContent']);
  if (data !== undefined) answer.addHiddenReasoning({ kind: 'redacted_thinking', data });
  const content = objectOf(reasoning?.['reasoningText']);
  if (!content) return;
  const text = stringOf(content['text']) ?? '';
  const signature = stringOf(content['signature']);
  answer.addReasoning(text, { kind: 'thinking', text, ...(signature !== undefined && { signature }) });
}

function readCitations(answer: AnswerBuilder, content: JsonObject | undefined): void {
  if (!content) return;
  const texts = listOf(content['content']).map((piece) => stringOf(objectOf(piece)?.['text']) ?? '');
  const passage = answer.addText(texts.join(''));
  answer.cite(listOf(content['citations']).flatMap((value) => convertCitation(value, passage) ?? []));
}

function readToolUse(
  answer: AnswerBuilder,
  toolUse: JsonObject | undefined,
  { context, input }: BlockReader,
): void {
  if (!toolUse || toolUse['type'] === 'server_tool_use') return;
  const name = stringOf(toolUse['name']) ?? '';
  if (context.usesOutputTool && name === outputToolName) answer.addText(input());
  else
    answer.addCall(
      { id: stringOf(toolUse['toolUseId']) ?? '', name: context.toolNames.toClient(name) },
      input(),
    );
}
