import type { Conversation } from '../brain/conversation.ts';
import { elementsOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { readChatConversation } from './read-conversation.ts';

/** Reads a request for a response that has been validated: as the chat completion that it would be. */
export function readResponsesConversation(body: JsonObject): Conversation {
  const { instructions, input, tools, tool_choice: choice } = body;
  const system = stringOf(instructions);
  const chat = readChatConversation({
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      ...(typeof input === 'string' ? [{ role: 'user', content: input }] : elementsOf(input).map(readItem)),
    ],
    tools: elementsOf(tools).map((tool) => ({ type: 'function', function: tool })),
    tool_choice: typeof choice === 'string' ? choice : { function: objectOf(choice) },
    parallel_tool_calls: body['parallel_tool_calls'],
    max_completion_tokens: body['max_output_tokens'],
    response_format: readFormat(objectOf(objectOf(body['text'])['format'])),
  });
  return { ...chat, thinking: reasons(body['model']) };
}

/** True for models that think before they answer. */
export function reasons(model: unknown): boolean {
  return /^(?:gpt-5|o\d)/.test(stringOf(model) ?? '');
}

function readFormat(format: JsonObject): JsonObject {
  return format['type'] === 'json_schema' ? { type: 'json_schema', json_schema: format } : format;
}

function readItem(item: unknown): JsonObject {
  const fields = objectOf(item);
  switch (fields['type']) {
    case 'function_call': {
      const call = { id: fields['call_id'], type: 'function', function: fields };
      return { role: 'assistant', content: null, tool_calls: [call] };
    }
    case 'function_call_output':
      return { role: 'tool', tool_call_id: fields['call_id'], content: readContent(fields['output']) };
    case 'reasoning':
      return { role: 'assistant', content: [] };
    default:
      return { role: fields['role'], content: readContent(fields['content']) };
  }
}

function readContent(content: unknown): unknown {
  return typeof content === 'string' ? content : elementsOf(content).map(readPart);
}

function readPart(part: unknown): JsonObject {
  const fields = objectOf(part);
  switch (fields['type']) {
    case 'input_image':
      return { type: 'image_url', image_url: { url: fields['image_url'] } };
    case 'input_file':
      return { type: 'file', file: fields };
    default:
      return { type: 'text', text: fields['text'] ?? fields['refusal'] };
  }
}
