import type { AnswerEvent, ReasoningBlock } from '../../../endpoints/answer-event.ts';
import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { UpstreamObject } from '../../../upstream-json.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import type { AnswerContext } from './answer-context.ts';
import { outputToolName } from './build-output-format.ts';
import { convertCitation } from './convert-citation.ts';
import { mapStopReason } from './map-stop-reason.ts';

/**
 * Reads a whole message.
 * @see https://docs.anthropic.com/en/api/messages
 */
export function convertResponse({ document, value }: UpstreamObject, context: AnswerContext): AnswerEvent[] {
  const answer: AnswerInTheMaking = { events: [], textLength: 0, toolCount: 0 };
  for (const [index, element] of listOf(value['content']).entries()) {
    const input = (): string => document.rawAt(['content', index, 'input']) ?? '{}';
    readBlock(answer, objectOf(element) ?? {}, { context, input });
  }
  const hasCalls = answer.toolCount > 0;
  const reason = mapStopReason(stringOf(value['stop_reason']), hasCalls);
  const isOutput = context.usesOutputTool && reason === 'tool_calls' && !hasCalls;
  return [...answer.events, { kind: 'finish', reason: isOutput ? 'stop' : reason }];
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

/** Blocks that clients have no use for, such as server tools, and those of the future, are passed over. */
function readBlock(answer: AnswerInTheMaking, block: JsonObject, reader: BlockReader): void {
  switch (stringOf(block['type']) ?? '') {
    case 'text':
      readText(answer, block);
      break;
    case 'thinking':
      readThinking(answer, block);
      break;
    case 'redacted_thinking':
      endReasoning(answer, { kind: 'redacted_thinking', data: stringOf(block['data']) ?? '' });
      break;
    case 'tool_use':
      readToolUse(answer, block, reader);
      break;
  }
}

function addText(answer: AnswerInTheMaking, text: string): void {
  answer.textLength += text.length;
  answer.events.push({ kind: 'text', text });
}

function readText(answer: AnswerInTheMaking, block: JsonObject): void {
  const start = answer.textLength;
  addText(answer, stringOf(block['text']) ?? '');
  const passage = { start, end: answer.textLength };
  const citations = listOf(block['citations']).flatMap((value) => convertCitation(value, passage) ?? []);
  if (citations.length > 0) answer.events.push({ kind: 'citations', citations });
}

function readThinking(answer: AnswerInTheMaking, block: JsonObject): void {
  const text = stringOf(block['thinking']) ?? '';
  const signature = stringOf(block['signature']) ?? '';
  answer.events.push({ kind: 'reasoning', text });
  endReasoning(answer, { kind: 'thinking', text, ...(signature !== '' && { signature }) });
}

function endReasoning({ events }: AnswerInTheMaking, block: ReasoningBlock): void {
  events.push({ kind: 'reasoning_end', block });
}

function readToolUse(answer: AnswerInTheMaking, block: JsonObject, { context, input }: BlockReader): void {
  const name = stringOf(block['name']) ?? '';
  if (context.usesOutputTool && name === outputToolName) {
    addText(answer, input());
    return;
  }
  const index = answer.toolCount++;
  answer.events.push(
    { kind: 'tool_call', index, id: stringOf(block['id']) ?? '', name: context.toolNames.toClient(name) },
    { kind: 'tool_input', index, text: input() },
    { kind: 'tool_end', index },
  );
}
