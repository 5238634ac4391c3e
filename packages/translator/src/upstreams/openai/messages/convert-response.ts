import { buildMessage, type Message } from '../../../endpoints/messages/build-message.ts';
import { convertUsage } from '../../../endpoints/messages/convert-usage.ts';
import { TranslationError } from '../../../errors.ts';
import type { MessageContentBlock } from '../../../schemas/anthropic/message.ts';
import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { UpstreamObject } from '../../../upstream-json.ts';
import type { TokenUsage } from '../../../usage.ts';
import { isJsonObject, rawJson, type JsonObject, type JsonValue } from '../../../wire/json-document.ts';
import { mapUsage } from '../map-usage.ts';
import type { AnswerContext } from './answer-context.ts';
import { mapStopReason } from './map-stop-reason.ts';
import { messageId, readChoice, readContent, readReasoning } from './read-delta.ts';

/**
 * The message that a chat completion stands for.
 * @throws TranslationError `upstream_error` when there is no answer in it.
 */
export function convertResponse(
  { value }: UpstreamObject,
  context: AnswerContext,
): { readonly message: Message; readonly usage: TokenUsage | undefined } {
  const choice = readChoice(value);
  const answer = objectOf(choice?.['message']);
  if (!choice || !answer) {
    throw new TranslationError('upstream_error', 'The provider answered without a message');
  }
  const usage = mapUsage(value['usage']);
  const calls = listOf(answer['tool_calls']).filter(isJsonObject);
  const refusal = stringOf(answer['refusal']) ?? '';
  const { stopSequences, requestId, model } = context;
  const stop = mapStopReason(choice, {
    stopSequences,
    hasToolUse: calls.length > 0,
    isRefusal: refusal !== '',
  });
  const content = [
    ...thinkingBlock(readReasoning(answer)),
    ...textBlock(readContent(answer['content']) + refusal),
    ...calls.map((call, index) => convertCall(call, index, context)),
  ];
  const message = buildMessage(
    { id: messageId(value, requestId), model: stringOf(value['model']) || model, content },
    { ...stop, usage: convertUsage(usage ?? {}) },
  );
  return { message, usage };
}

/** Reasoning of other models than Claude comes without a signature. */
function thinkingBlock(thinking: string): MessageContentBlock[] {
  return thinking === '' ? [] : [{ type: 'thinking', thinking, signature: '' }];
}

function textBlock(text: string): MessageContentBlock[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

function convertCall(
  call: JsonObject,
  index: number,
  { toolNames, requestId }: AnswerContext,
): MessageContentBlock {
  const details = objectOf(call['function']) ?? {};
  return {
    type: 'tool_use',
    id: stringOf(call['id']) || toolUseId(requestId, index),
    name: toolNames.toClient(stringOf(details['name']) ?? ''),
    input: rawJson(readInput(details['arguments'])),
  };
}

/** For servers that give their calls no id. */
export function toolUseId(requestId: string, index: number): string {
  return `toolu_${requestId}_${index}`;
}

/** The arguments' own bytes. What is no JSON object, such as arguments that were cut off, is none that a client could use. */
function readInput(source: JsonValue | undefined): string {
  if (typeof source !== 'string') return JSON.stringify(objectOf(source) ?? {});
  try {
    return isJsonObject(JSON.parse(source) as JsonValue) ? source.trim() : '{}';
  } catch {
    return '{}';
  }
}
