import type {
  CacheTtl,
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

/** Reads the body of a Messages request that has been validated. */
export function readAnthropicConversation(body: JsonObject): Conversation {
  const choice = objectOf(body['tool_choice']);
  const system = blocksOf(body['system']);
  return {
    system: system.map((block) => stringOf(block['text']) ?? '').join('\n'),
    turns: elementsOf(body['messages']).map((message) => readTurn(objectOf(message))),
    tools: elementsOf(body['tools']).flatMap((tool) => readTool(objectOf(tool))),
    toolChoice: readToolChoice(choice),
    parallelTools: choice['disable_parallel_tool_use'] !== true,
    maxTokens: numberOf(body['max_tokens']),
    stopSequences: elementsOf(body['stop_sequences']).map(String),
    thinking: ['enabled', 'adaptive'].includes(stringOf(objectOf(body['thinking'])['type']) ?? ''),
    jsonSchema: readSchema(body),
    segments: readSegments(body, system),
  };
}

/** Content as blocks, a string being one text block. */
export function blocksOf(content: unknown): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return elementsOf(content).filter(isJsonObject);
}

function readTurn(message: JsonObject): Turn {
  const role = message['role'] === 'assistant' ? 'assistant' : 'user';
  return { role, parts: blocksOf(message['content']).map(readPart) };
}

function readPart(block: JsonObject): Part {
  const type = stringOf(block['type']) ?? '';
  switch (type) {
    case 'text':
      return { kind: 'text', text: stringOf(block['text']) ?? '' };
    case 'image':
    case 'document':
      return { kind: 'media', label: describeMedia(type, block) };
    case 'tool_use':
      return { kind: 'tool-use', id: String(block['id']), name: String(block['name']) };
    case 'tool_result':
      return {
        kind: 'tool-result',
        id: String(block['tool_use_id']),
        text: blocksOf(block['content'])
          .map((part) => stringOf(part['text']) ?? `[${stringOf(part['type']) ?? 'content'}]`)
          .join('\n'),
        isError: block['is_error'] === true,
      };
    default:
      return { kind: 'other' };
  }
}

function describeMedia(type: 'image' | 'document', block: JsonObject): string {
  const source = objectOf(block['source']);
  const mediaType = stringOf(source['media_type']) ?? stringOf(source['type']) ?? 'unknown type';
  const title = stringOf(block['title']);
  return `${type === 'image' ? 'an image' : 'a document'} (${title === undefined ? '' : `${title}, `}${mediaType})`;
}

function readTool(tool: JsonObject): ToolDefinition[] {
  const name = stringOf(tool['name']);
  if (name === undefined || !isJsonObject(tool['input_schema'])) return [];
  return [{ name, description: stringOf(tool['description']) ?? '', schema: tool['input_schema'] }];
}

function readToolChoice(choice: JsonObject): ToolChoice {
  switch (choice['type']) {
    case 'any':
    case 'none':
      return { kind: choice['type'] };
    case 'tool':
      return { kind: 'tool', name: String(choice['name']) };
    default:
      return { kind: 'auto' };
  }
}

function readSchema(body: JsonObject): JsonObject | undefined {
  const format = objectOf(objectOf(body['output_config'])['format'] ?? body['output_format']);
  return isJsonObject(format['schema']) ? format['schema'] : undefined;
}

function readSegments(body: JsonObject, system: readonly JsonObject[]): PromptSegment[] {
  const tools = elementsOf(body['tools']).map(objectOf);
  const messages = elementsOf(body['messages']).map(objectOf);
  return [
    ...tools.map((tool) => segmentOf(tool, countPromptTokens(JSON.stringify(tool)))),
    ...system.map((block) => segmentOf(block, countBlock(block))),
    ...messages.flatMap((message) => [
      { tokens: messageOverheadTokens, content: message['role'] },
      ...blocksOf(message['content']).map((block) => segmentOf(block, countBlock(block))),
    ]),
  ];
}

function segmentOf(block: JsonObject, tokens: number): PromptSegment {
  const { cache_control: mark, ...content } = block;
  if (!isJsonObject(mark)) return { tokens, content: block };
  const ttl: CacheTtl = mark['ttl'] === '1h' ? '1h' : '5m';
  return { tokens, content, ttl };
}

function countBlock(block: JsonObject): number {
  const source = objectOf(block['source']);
  if (isJsonObject(block['source'])) return countMediaTokens(stringOf(source['data'])?.length ?? 0);
  const text = stringOf(block['text']) ?? stringOf(block['thinking']);
  return countPromptTokens(text ?? JSON.stringify(block));
}
