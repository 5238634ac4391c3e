import type { AnswerEvent } from '../../../endpoints/answer-event.ts';
import type { AnswerFacts } from '../../../endpoints/conversation-api.ts';
import { TranslationError } from '../../../errors.ts';
import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { UpstreamObject } from '../../../upstream-json.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import type { AnswerContext } from './answer-context.ts';
import { outputToolName } from '../converse/build-output-format.ts';
import { convertCitation } from './convert-citation.ts';
import { mapStopReason } from './map-stop-reason.ts';
import { mapUsage } from '../converse/map-usage.ts';
import { readThinkingTokens } from '../converse/response-fields.ts';

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
  const answer: AnswerInTheMaking = { events: [], textLength: 0, toolCount: 0 };
  for (const [index, block] of listOf(message['content']).entries()) {
    const input = (): string =>
      document.rawAt(['output', 'message', 'content', index, 'toolUse', 'input']) ?? '{}';
    readBlock(answer, objectOf(block) ?? {}, { context, input });
  }
  const hasCalls = answer.toolCount > 0;
  const reason = mapStopReason(stringOf(value['stopReason']), hasCalls);
  const isOutput = context.usesOutputTool && reason === 'tool_calls' && !hasCalls;
  answer.events.push({ kind: 'finish', reason: isOutput ? 'stop' : reason });
  const serviceTier = stringOf(objectOf(value['serviceTier'])?.['type']);
  const usage = mapUsage(value['usage'], readThinkingTokens(value));
  return { events: answer.events, facts: { usage, serviceTier } };
}

interface AnswerInTheMaking {
  readonly events: AnswerEvent[];
  textLength: number;
  toolCount: number;
}

interface BlockReader {
  readonly context: AnswerContext;
  /** The source text of the block's tool input. */
  readonly input: () => string;
}

/** Blocks that clients have no use for, and those of the future, are passed over. */
function readBlock(answer: AnswerInTheMaking, block: JsonObject, reader: BlockReader): void {
  const text = stringOf(block['text']);
  if (text !== undefined) addText(answer, text);
  readReasoning(answer, objectOf(block['reasoningContent']));
  readCitations(answer, objectOf(block['citationsContent']));
  readToolUse(answer, objectOf(block['toolUse']), reader);
}

function addText(answer: AnswerInTheMaking, text: string): void {
  answer.textLength += text.length;
  answer.events.push({ kind: 'text', text });
}

function readReasoning({ events }: AnswerInTheMaking, reasoning: JsonObject | undefined): void {
  const data = stringOf(reasoning?.['redactedContent']);
  if (data !== undefined) events.push({ kind: 'reasoning_end', block: { kind: 'redacted_thinking', data } });
  const content = objectOf(reasoning?.['reasoningText']);
  if (!content) return;
  const text = stringOf(content['text']) ?? '';
  const signature = stringOf(content['signature']);
  const block = { kind: 'thinking', text, ...(signature !== undefined && { signature }) } as const;
  events.push({ kind: 'reasoning', text }, { kind: 'reasoning_end', block });
}

function readCitations(answer: AnswerInTheMaking, content: JsonObject | undefined): void {
  if (!content) return;
  const start = answer.textLength;
  const passages = listOf(content['content']).map((piece) => stringOf(objectOf(piece)?.['text']) ?? '');
  addText(answer, passages.join(''));
  const passage = { start, end: answer.textLength };
  const citations = listOf(content['citations']).flatMap((value) => convertCitation(value, passage) ?? []);
  if (citations.length > 0) answer.events.push({ kind: 'citations', citations });
}

function readToolUse(
  answer: AnswerInTheMaking,
  toolUse: JsonObject | undefined,
  { context, input }: BlockReader,
): void {
  if (!toolUse || toolUse['type'] === 'server_tool_use') return;
  const name = stringOf(toolUse['name']) ?? '';
  if (context.usesOutputTool && name === outputToolName) {
    addText(answer, input());
    return;
  }
  const index = answer.toolCount++;
  const id = stringOf(toolUse['toolUseId']) ?? '';
  answer.events.push(
    { kind: 'tool_call', index, id, name: context.toolNames.toClient(name) },
    { kind: 'tool_input', index, text: input() },
    { kind: 'tool_end', index },
  );
}
