import { rawJson, type JsonDocument, type JsonPath } from '../../wire/json-document.ts';
import { parseCacheControl } from '../chat-completions/parse-parts.ts';
import {
  booleanField,
  fieldOf,
  invalidField,
  objectField,
  objectListField,
  pathOf,
  requiredObject,
  requiredString,
  stringField,
  type Located,
} from '../json-fields.ts';
import type {
  BlockBase,
  DocumentBlock,
  ImageBlock,
  MaterialBlock,
  MediaSource,
  MessageBlock,
  SearchResultBlock,
  TextBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
} from './messages-request.ts';

/** Where the source text of a message stands in its document. */
export interface BlockSource {
  readonly document: JsonDocument;
  readonly path: JsonPath;
}

/**
 * The content of a message: a string, or a list of blocks.
 * @throws TranslationError `invalid_request` for blocks of an unknown type: leaving them out would answer another question.
 */
export function parseBlocks(message: Located, { document, path }: BlockSource): MessageBlock[] {
  const content = fieldOf(message, 'content');
  if (content === undefined) throw invalidField(pathOf(message, 'content'), 'is missing');
  return readContent(message, (block, index) =>
    parseBlock(block, { document, path: [...path, 'content', index] }),
  );
}

/** Text of a `system` prompt: a string, or a list of text blocks. */
export function parseSystem(request: Located): TextBlock[] {
  const system = fieldOf(request, 'system');
  if (typeof system === 'string') return [{ kind: 'text', text: system, path: 'system' }];
  return objectListField(request, 'system').map((block) => {
    if (requiredString(block, 'type') === 'text') return parseText(block);
    throw invalidField(pathOf(block, 'type'), 'must be "text" in a system prompt');
  });
}

function readContent<T>(at: Located, parse: (block: Located, index: number) => T): (T | TextBlock)[] {
  const content = fieldOf(at, 'content');
  const path = pathOf(at, 'content');
  if (content === undefined) return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content, path }];
  if (!Array.isArray(content)) throw invalidField(path, 'must be a string or a list of blocks');
  return objectListField(at, 'content').map(parse);
}

/** Calls and results of tools that Anthropic runs itself. */
const serverToolBlock = /^(?:server_tool_use|mcp_tool_use|container_upload|\w+_tool_result)$/;

function parseBlock(block: Located, source: BlockSource): MessageBlock {
  const type = requiredString(block, 'type');
  switch (type) {
    case 'thinking':
      return parseThinking(block);
    case 'redacted_thinking':
      return { ...baseOf(block), kind: 'redacted_thinking', data: requiredString(block, 'data') };
    case 'tool_use':
      return parseToolUse(block, source);
    case 'tool_result':
      return parseToolResult(block);
    default:
      if (serverToolBlock.test(type)) return { ...baseOf(block), kind: 'server_tool', type };
      return parseMaterial(block);
  }
}

function parseMaterial(block: Located): MaterialBlock {
  const type = requiredString(block, 'type');
  switch (type) {
    case 'text':
      return parseText(block);
    case 'image':
      return parseImage(block);
    case 'document':
      return parseDocument(block);
    case 'search_result':
      return parseSearchResult(block);
    case 'tool_reference':
      // A tool that was searched for and found: all tools are sent anyway, so its name says as much.
      return { ...baseOf(block), kind: 'text', text: requiredString(block, 'tool_name') };
    default:
      throw invalidField(
        pathOf(block, 'type'),
        `is ${JSON.stringify(type)}, a kind of content that is not supported`,
      );
  }
}

function baseOf(block: Located): BlockBase {
  const cache = parseCacheControl(block);
  return { path: block.path, ...(cache && { cache }) };
}

function parseText(block: Located): TextBlock {
  const citations = objectListField(block, 'citations').map(({ value }) => value);
  return {
    ...baseOf(block),
    kind: 'text',
    text: stringField(block, 'text') ?? '',
    ...(citations.length > 0 && { citations }),
  };
}

function parseImage(block: Located): ImageBlock {
  return { ...baseOf(block), kind: 'image', source: parseMedia(requiredObject(block, 'source')) };
}

function parseMedia(source: Located): MediaSource {
  const type = requiredString(source, 'type');
  switch (type) {
    case 'base64':
      return {
        kind: 'base64',
        mediaType: requiredString(source, 'media_type').toLowerCase(),
        data: requiredString(source, 'data'),
      };
    case 'url':
      return { kind: 'url', url: requiredString(source, 'url') };
    case 'file':
      return { kind: 'file', fileId: requiredString(source, 'file_id') };
    default:
      throw invalidField(pathOf(source, 'type'), `is ${JSON.stringify(type)}, which is not supported here`);
  }
}

function parseDocument(block: Located): DocumentBlock {
  const title = stringField(block, 'title');
  const context = stringField(block, 'context');
  return {
    ...baseOf(block),
    kind: 'document',
    source: parseDocumentSource(requiredObject(block, 'source')),
    citations: wantsCitations(block),
    ...(title !== undefined && { title }),
    ...(context !== undefined && { context }),
  };
}

function parseDocumentSource(source: Located): DocumentBlock['source'] {
  const type = requiredString(source, 'type');
  if (type === 'text') return { kind: 'text', text: requiredString(source, 'data') };
  if (type !== 'content') return parseMedia(source);
  const content = readContent(source, (part): TextBlock | ImageBlock =>
    requiredString(part, 'type') === 'image' ? parseImage(part) : parseText(part),
  );
  return { kind: 'content', content };
}

function wantsCitations(block: Located): boolean {
  const citations = objectField(block, 'citations');
  return citations !== undefined && booleanField(citations, 'enabled') === true;
}

function parseSearchResult(block: Located): SearchResultBlock {
  return {
    ...baseOf(block),
    kind: 'search_result',
    source: requiredString(block, 'source'),
    title: requiredString(block, 'title'),
    content: readContent(block, parseText),
    citations: wantsCitations(block),
  };
}

function parseThinking(block: Located): ThinkingBlock {
  const signature = stringField(block, 'signature');
  return {
    ...baseOf(block),
    kind: 'thinking',
    thinking: stringField(block, 'thinking') ?? '',
    ...(signature !== undefined && signature !== '' && { signature }),
  };
}

function parseToolUse(block: Located, { document, path }: BlockSource): ToolUseBlock {
  const input = objectField(block, 'input') && document.rawAt([...path, 'input']);
  return {
    ...baseOf(block),
    kind: 'tool_use',
    id: requiredString(block, 'id'),
    name: requiredString(block, 'name'),
    input: rawJson(input ?? '{}'),
  };
}

function parseToolResult(block: Located): ToolResultBlock {
  return {
    ...baseOf(block),
    kind: 'tool_result',
    toolUseId: requiredString(block, 'tool_use_id'),
    content: readContent(block, parseMaterial),
    isError: booleanField(block, 'is_error') === true,
  };
}
