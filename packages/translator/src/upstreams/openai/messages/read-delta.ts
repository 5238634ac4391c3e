import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { JsonObject, JsonValue } from '../../../wire/json-document.ts';

/** Text of the model's reasoning, under either of the names that servers have made common. */
export function readReasoning(message: JsonObject): string {
  return stringOf(message['reasoning_content']) ?? stringOf(message['reasoning']) ?? '';
}

/** Text of the answer: a string, or, from some servers, a list of parts. */
export function readContent(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => stringOf(objectOf(part)?.['text']) ?? '')
    .join('');
}

/** The answer's only choice: the gateway never asks for more than one. */
export function readChoice(answer: JsonObject): JsonObject | undefined {
  return objectOf(listOf(answer['choices'])[0]);
}

/** The id of a message, made of the provider's id. */
export function messageId(answer: JsonObject, requestId: string): string {
  const id = stringOf(answer['id']) || requestId;
  return id.startsWith('msg_') ? id : `msg_${id.replace(/^chatcmpl-/, '')}`;
}
