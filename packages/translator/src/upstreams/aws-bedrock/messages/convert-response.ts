import { buildMessage, type Message } from '../../../endpoints/messages/build-message.ts';
import type { MessageContentBlock } from '../../../schemas/anthropic/message.ts';
import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { UpstreamObject } from '../../../upstream-json.ts';
import type { TokenUsage } from '../../../usage.ts';
import { rawJson, type JsonObject } from '../../../wire/json-document.ts';
import { outputToolName } from '../../../endpoints/chat-completions/choose-output-format.ts';
import { mapUsage } from '../converse/map-usage.ts';
import { readThinkingTokens } from '../converse/response-fields.ts';
import type { AnswerContext } from './answer-context.ts';
import { convertCitation } from './convert-citation.ts';
import { convertUsage } from './convert-usage.ts';
import { mapStopReason } from './map-stop-reason.ts';

/** The message that an answer of Converse stands for. Its blocks stay apart and in order, so that they can be sent back. */
export function convertResponse(
  { document, value }: UpstreamObject,
  context: AnswerContext,
): { readonly message: Message; readonly usage: TokenUsage | undefined } {
  const answer = objectOf(objectOf(value['output'])?.['message']) ?? {};
  const content = listOf(answer['content']).flatMap((element, index) => {
    const input = (): string =>
      document.rawAt(['output', 'message', 'content', index, 'toolUse', 'input']) ?? '{}';
    return convertBlock(objectOf(element) ?? {}, input, context);
  });
  const usage = mapUsage(value['usage'], readThinkingTokens(value));
  const hasToolUse = content.some(({ type }) => type === 'tool_use');
  const stop = mapStopReason(value, hasToolUse, context);
  const { id, model } = context;
  const message = buildMessage({ id, model, content }, { ...stop, usage: convertUsage(usage) });
  return { message, usage };
}

/** Blocks that clients have no use for, and those of the future, are passed over. */
function convertBlock(block: JsonObject, input: () => string, context: AnswerContext): MessageContentBlock[] {
  return [
    ...convertText(stringOf(block['text']) ?? ''),
    ...convertReasoning(objectOf(block['reasoningContent'])),
    ...convertCitations(objectOf(block['citationsContent'])),
    ...convertToolUse(objectOf(block['toolUse']), input, context),
  ];
}

function convertText(text: string): MessageContentBlock[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

function convertReasoning(reasoning: JsonObject | undefined): MessageContentBlock[] {
  const data = stringOf(reasoning?.['redactedContent']);
  if (data !== undefined) return [{ type: 'redacted_thinking', data }];
  const content = objectOf(reasoning?.['reasoningText']);
  const thinking = stringOf(content?.['text']) ?? '';
  const signature = stringOf(content?.['signature']) ?? '';
  return thinking === '' && signature === '' ? [] : [{ type: 'thinking', thinking, signature }];
}

function convertCitations(cited: JsonObject | undefined): MessageContentBlock[] {
  const text = listOf(cited?.['content']).map((piece) => stringOf(objectOf(piece)?.['text']) ?? '');
  const citations = listOf(cited?.['citations'])
    .map(convertCitation)
    .filter((citation) => citation !== undefined);
  const joined = text.join('');
  if (joined === '') return [];
  return [{ type: 'text', text: joined, ...(citations.length > 0 && { citations }) }];
}

function convertToolUse(
  toolUse: JsonObject | undefined,
  input: () => string,
  { usesOutputTool, toolNames }: AnswerContext,
): MessageContentBlock[] {
  if (!toolUse || toolUse['type'] === 'server_tool_use') return [];
  const name = stringOf(toolUse['name']) ?? '';
  if (usesOutputTool && name === outputToolName) return convertText(input());
  const id = stringOf(toolUse['toolUseId']) ?? '';
  return [{ type: 'tool_use', id, name: toolNames.toClient(name), input: rawJson(input()) }];
}
