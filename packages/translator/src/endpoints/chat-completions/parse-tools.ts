import {
  isJsonObject,
  rawJson,
  type JsonDocument,
  type JsonPath,
  type RawJson,
} from '../../wire/json-document.ts';
import {
  booleanField,
  fieldOf,
  invalidField,
  objectField,
  objectListField,
  pathOf,
  requiredString,
  stringField,
  type Located,
} from '../json-fields.ts';
import type { ChatTool, ChatToolChoice } from './chat-request.ts';
import { parseCacheControl } from './parse-parts.ts';

/** The tools of a request and which of them may be called. */
export interface ChatTooling {
  readonly tools: readonly ChatTool[];
  readonly toolChoice?: ChatToolChoice;
}

/**
 * The tools of a chat completion request, the retired `functions` included.
 * @throws TranslationError `invalid_request` for tools that are not functions.
 */
export function parseTooling(request: Located, document: JsonDocument): ChatTooling {
  const tools = [
    ...objectListField(request, 'tools').map((tool, index) =>
      parseTool(tool, ['tools', index, 'function'], document),
    ),
    ...objectListField(request, 'functions').map((tool, index) =>
      parseFunctionTool(tool, ['functions', index], document),
    ),
  ];
  return parseToolChoice(request, tools);
}

/** The tools that may be called, and whether one must be. @throws TranslationError `invalid_request` for an unknown choice. */
export function parseToolChoice(request: Located, tools: readonly ChatTool[]): ChatTooling {
  const choice = fieldOf(request, 'tool_choice') ?? fieldOf(request, 'function_call');
  if (choice === undefined) return { tools };
  const path = fieldOf(request, 'tool_choice') === undefined ? 'function_call' : 'tool_choice';
  if (typeof choice === 'string') return { tools, toolChoice: parseMode(choice, path) };
  if (!isJsonObject(choice)) throw invalidField(path, 'must be a string or an object');
  return parseChoiceObject({ value: choice, path }, tools);
}

function parseTool(tool: Located, path: JsonPath, document: JsonDocument): ChatTool {
  const type = stringField(tool, 'type') ?? 'function';
  const details = objectField(tool, 'function');
  if (type !== 'function' || !details) {
    throw invalidField(
      tool.path,
      `is a tool of type ${JSON.stringify(type)}: only function tools are supported`,
    );
  }
  const cache = parseCacheControl(tool);
  return { ...parseFunctionTool(details, path, document), ...(cache && { cache }), path: tool.path };
}

/** A function by its name, description and schema; `path` is where they stand in the document. */
export function parseFunctionTool(details: Located, path: JsonPath, document: JsonDocument): ChatTool {
  const description = stringField(details, 'description')?.trim()
    ? stringField(details, 'description')
    : undefined;
  const parameters = objectField(details, 'parameters') && rawText(document, [...path, 'parameters']);
  const strict = booleanField(details, 'strict');
  const cache = parseCacheControl(details);
  return {
    path: details.path,
    functionPath: details.path,
    name: requiredString(details, 'name'),
    ...(description !== undefined && { description }),
    ...(parameters && { parameters }),
    ...(strict !== undefined && { strict }),
    ...(cache && { cache }),
  };
}

function rawText(document: JsonDocument, path: JsonPath): RawJson | undefined {
  const text = document.rawAt(path);
  return text === undefined ? undefined : rawJson(text);
}

function parseMode(mode: string, path: string): ChatToolChoice {
  if (mode === 'auto' || mode === 'none' || mode === 'required') return mode;
  throw invalidField(
    path,
    `is ${JSON.stringify(mode)}: use auto, none, required, or an object that names a function`,
  );
}

function parseChoiceObject(choice: Located, tools: readonly ChatTool[]): ChatTooling {
  if (stringField(choice, 'type') === 'allowed_tools') return parseAllowedTools(choice, tools);
  const name = requiredString(objectField(choice, 'function') ?? choice, 'name');
  if (tools.some((tool) => tool.name === name)) return { tools, toolChoice: { name } };
  throw invalidField(choice.path, `names the function ${JSON.stringify(name)}, which is not among the tools`);
}

function parseAllowedTools(choice: Located, tools: readonly ChatTool[]): ChatTooling {
  const allowed = objectField(choice, 'allowed_tools') ?? choice;
  const names = new Set(
    objectListField(allowed, 'tools').map((tool) =>
      requiredString(objectField(tool, 'function') ?? tool, 'name'),
    ),
  );
  const mode = parseMode(stringField(allowed, 'mode') ?? 'auto', pathOf(allowed, 'mode'));
  return { tools: tools.filter((tool) => names.has(tool.name)), toolChoice: mode };
}
