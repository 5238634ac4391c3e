import type {
  Conversation,
  Part,
  PromptSegment,
  ToolChoice,
  ToolDefinition,
  Turn,
} from '../brain/conversation.ts';
import { countMediaTokens, countPromptTokens, messageOverheadTokens } from '../brain/count-tokens.ts';
import { elementsOf, isJsonObject, numberOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** Reads a chat completion request that has been validated. */
export function readChatConversation(body: JsonObject): Conversation {
  const messages = elementsOf(body['messages']).map(objectOf);
  const isSystem = ({ role }: JsonObject): boolean => role === 'system' || role === 'developer';
  const stop = body['stop'];
  return {
    system: messages.filter(isSystem).map(textOf).join('\n'),
    turns: readTurns(messages.filter((message) => !isSystem(message))),
    tools: elementsOf(body['tools']).flatMap((tool) => readTool(objectOf(objectOf(tool)['function']))),
    toolChoice: readToolChoice(body['tool_choice']),
    parallelTools: body['parallel_tool_calls'] !== false,
    maxTokens: numberOf(body['max_completion_tokens']) ?? numberOf(body['max_tokens']),
    stopSequences: typeof stop === 'string' ? [stop] : elementsOf(stop).map(String),
    thinking: false,
    jsonSchema: readSchema(objectOf(body['response_format'])),
    segments: readSegments(body, messages),
  };
}

/** Tool messages that follow each other, and the user message after them, are one turn of the user. */
function readTurns(messages: readonly JsonObject[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const role = message['role'] === 'assistant' ? 'assistant' : 'user';
    const parts = readParts(message);
    const last = turns.at(-1);
    if (last?.role === role) turns.splice(-1, 1, { role, parts: [...last.parts, ...parts] });
    else turns.push({ role, parts });
  }
  return turns;
}

function readParts(message: JsonObject): Part[] {
  if (message['role'] === 'tool') {
    const id = String(message['tool_call_id']);
    return [{ kind: 'tool-result', id, text: textOf(message), isError: false }];
  }
  const calls = elementsOf(message['tool_calls']).map((element): Part => {
    const call = objectOf(element);
    return { kind: 'tool-use', id: String(call['id']), name: String(objectOf(call['function'])['name']) };
  });
  return [...partsOf(message).map(readPart), ...calls];
}

function partsOf({ content }: JsonObject): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return elementsOf(content).filter(isJsonObject);
}

function readPart(part: JsonObject): Part {
  switch (part['type']) {
    case 'text':
      return { kind: 'text', text: stringOf(part['text']) ?? '' };
    case 'image_url':
      return { kind: 'media', label: 'an image' };
    case 'file':
      return {
        kind: 'media',
        label: `a file (${stringOf(objectOf(part['file'])['filename']) ?? 'unnamed'})`,
      };
    case 'input_audio':
      return { kind: 'media', label: 'an audio clip' };
    default:
      return { kind: 'other' };
  }
}

function textOf(message: JsonObject): string {
  return partsOf(message)
    .map((part) => stringOf(part['text']) ?? '')
    .join('\n');
}

function readTool(definition: JsonObject): ToolDefinition[] {
  const name = stringOf(definition['name']);
  if (name === undefined) return [];
  return [
    {
      name,
      description: stringOf(definition['description']) ?? '',
      schema: objectOf(definition['parameters']),
    },
  ];
}

function readToolChoice(choice: unknown): ToolChoice {
  const name = stringOf(objectOf(objectOf(choice)['function'])['name']);
  if (name !== undefined) return { kind: 'tool', name };
  if (choice === 'none') return { kind: 'none' };
  return { kind: choice === 'required' ? 'any' : 'auto' };
}

function readSchema(format: JsonObject): JsonObject | undefined {
  if (format['type'] === 'json_object') {
    return { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] };
  }
  const schema = objectOf(format['json_schema'])['schema'];
  return isJsonObject(schema) ? schema : undefined;
}

function readSegments(body: JsonObject, messages: readonly JsonObject[]): PromptSegment[] {
  const tools = elementsOf(body['tools']).map((tool) => ({
    tokens: countPromptTokens(JSON.stringify(tool)),
    content: tool,
  }));
  return [
    ...tools,
    ...messages.map((message) => ({
      tokens: messageOverheadTokens + countMessage(message),
      content: message,
    })),
  ];
}

function countMessage(message: JsonObject): number {
  const calls = elementsOf(message['tool_calls']);
  const counted = partsOf(message).map((part) => {
    const text = stringOf(part['text']);
    return text === undefined ? countMediaTokens(JSON.stringify(part).length) : countPromptTokens(text);
  });
  const spent = counted.reduce((sum, tokens) => sum + tokens, 0);
  return spent + (calls.length > 0 ? countPromptTokens(JSON.stringify(calls)) : 0);
}
