import type {
  Conversation,
  Part,
  PromptSegment,
  ToolChoice,
  ToolDefinition,
  Turn,
} from '../brain/conversation.ts';
import { countMediaTokens, countPromptTokens, messageOverheadTokens } from '../brain/count-tokens.ts';
import { elementsOf, isJsonObject, numberOf, objectOf, parseJson, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { contentOf } from './validate-converse.ts';

/** Reads a Converse request that has been validated. */
export function readConverseConversation(body: JsonObject): Conversation {
  const inference = objectOf(body['inferenceConfig']);
  const config = objectOf(body['toolConfig']);
  const extra = objectOf(body['additionalModelRequestFields']);
  const choice = objectOf(extra['tool_choice']);
  return {
    system: elementsOf(body['system'])
      .map((block) => stringOf(objectOf(block)['text']) ?? '')
      .join('\n'),
    turns: elementsOf(body['messages']).map((message) => readTurn(objectOf(message))),
    tools: elementsOf(config['tools']).flatMap((tool) => readTool(objectOf(objectOf(tool)['toolSpec']))),
    toolChoice: choice['type'] === 'none' ? { kind: 'none' } : readToolChoice(objectOf(config['toolChoice'])),
    parallelTools: choice['disable_parallel_tool_use'] !== true,
    maxTokens: numberOf(inference['maxTokens']),
    stopSequences: elementsOf(inference['stopSequences']).map(String),
    thinking: isThinking(extra),
    jsonSchema: readSchema(body),
    segments: readSegments(body),
  };
}

function isThinking(extra: JsonObject): boolean {
  const type = objectOf(extra['thinking'])['type'];
  return (
    type === 'enabled' || type === 'adaptive' || objectOf(extra['reasoningConfig'])['type'] === 'enabled'
  );
}

function readTurn(message: JsonObject): Turn {
  return {
    role: message['role'] === 'assistant' ? 'assistant' : 'user',
    parts: contentOf(message).map(readPart),
  };
}

function readPart(block: JsonObject): Part {
  const [[member, value] = ['', undefined]] = Object.entries(block);
  const content = objectOf(value);
  switch (member) {
    case 'text':
      return { kind: 'text', text: stringOf(value) ?? '' };
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
      return { kind: 'media', label: describeMedia(member, content) };
    case 'toolUse':
      return { kind: 'tool-use', id: String(content['toolUseId']), name: String(content['name']) };
    case 'toolResult':
      return {
        kind: 'tool-result',
        id: String(content['toolUseId']),
        text: elementsOf(content['content'])
          .map((part) => describeResult(objectOf(part)))
          .join('\n'),
        isError: content['status'] === 'error',
      };
    default:
      return { kind: 'other' };
  }
}

function describeMedia(member: string, content: JsonObject): string {
  const name = stringOf(content['name']);
  const article = /^[aeiou]/.test(member) ? 'an' : 'a';
  return `${article} ${member} (${name === undefined ? '' : `${name}, `}${stringOf(content['format']) ?? 'unknown'})`;
}

function describeResult(part: JsonObject): string {
  const [[member, value] = ['content', undefined]] = Object.entries(part);
  if (member === 'json') return JSON.stringify(value);
  return stringOf(value) ?? `[${member}]`;
}

function readTool(spec: JsonObject): ToolDefinition[] {
  const name = stringOf(spec['name']);
  if (name === undefined) return [];
  const schema = objectOf(objectOf(spec['inputSchema'])['json']);
  return [{ name, description: stringOf(spec['description']) ?? '', schema }];
}

function readToolChoice(choice: JsonObject): ToolChoice {
  const name = stringOf(objectOf(choice['tool'])['name']);
  if (name !== undefined) return { kind: 'tool', name };
  return { kind: isJsonObject(choice['any']) ? 'any' : 'auto' };
}

function readSchema(body: JsonObject): JsonObject | undefined {
  const format = objectOf(objectOf(body['outputConfig'])['textFormat']);
  const text = stringOf(objectOf(objectOf(format['structure'])['jsonSchema'])['schema']);
  const schema = text === undefined ? undefined : parseJson(text);
  return isJsonObject(schema) ? schema : undefined;
}

function readSegments(body: JsonObject): PromptSegment[] {
  const tools = elementsOf(objectOf(body['toolConfig'])['tools']).map(objectOf);
  const system = elementsOf(body['system']).map(objectOf);
  const messages = elementsOf(body['messages']).map(objectOf);
  return mergeCachePoints([
    ...tools,
    ...system,
    ...messages.flatMap((message) => [{ role: message['role'] }, ...contentOf(message)]),
  ]);
}

/** A cache point marks what stands before it. */
function mergeCachePoints(blocks: readonly JsonObject[]): PromptSegment[] {
  const segments: PromptSegment[] = [];
  for (const block of blocks) {
    const point = block['cachePoint'];
    const last = segments.at(-1);
    if (!isJsonObject(point)) segments.push({ tokens: countBlock(block), content: block });
    else if (last) segments.splice(-1, 1, { ...last, ttl: point['ttl'] === '1h' ? '1h' : '5m' });
  }
  return segments;
}

function countBlock(block: JsonObject): number {
  if (block['role'] !== undefined) return messageOverheadTokens;
  const media = objectOf(block['image'] ?? block['document'] ?? block['audio'] ?? block['video']);
  const source = objectOf(media['source']);
  if (isJsonObject(media['source'])) return countMediaTokens(stringOf(source['bytes'])?.length ?? 0);
  return countPromptTokens(stringOf(block['text']) ?? JSON.stringify(block));
}
