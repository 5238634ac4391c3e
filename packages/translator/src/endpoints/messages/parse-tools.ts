import { rawJson, type JsonDocument } from '../../wire/json-document.ts';
import { parseCacheControl } from '../chat-completions/parse-parts.ts';
import {
  booleanField,
  invalidField,
  objectField,
  objectListField,
  pathOf,
  requiredString,
  stringField,
  type Located,
} from '../json-fields.ts';
import type { ClientMessagesRequest, ClientTool, ClientToolChoice, ServerTool } from './messages-request.ts';

type Tooling = Pick<ClientMessagesRequest, 'tools' | 'serverTools' | 'toolChoice' | 'disableParallelToolUse'>;

/** The tools of a Messages request and which of them may be called. @throws TranslationError `invalid_request`. */
export function parseTooling(request: Located, document: JsonDocument): Tooling {
  const tools: ClientTool[] = [];
  const serverTools: ServerTool[] = [];
  objectListField(request, 'tools').forEach((tool, index) => {
    const type = stringField(tool, 'type') ?? 'custom';
    if (type === 'custom') tools.push(parseTool(tool, index, document));
    else serverTools.push({ path: tool.path, type });
  });
  const choice = objectField(request, 'tool_choice');
  if (!choice) return { tools, serverTools, disableParallelToolUse: false };
  return {
    tools,
    serverTools,
    toolChoice: parseChoice(choice),
    disableParallelToolUse: booleanField(choice, 'disable_parallel_tool_use') === true,
  };
}

function parseTool(tool: Located, index: number, document: JsonDocument): ClientTool {
  const description = stringField(tool, 'description');
  const schema = objectField(tool, 'input_schema');
  const strict = booleanField(tool, 'strict');
  const cache = parseCacheControl(tool);
  return {
    path: tool.path,
    name: requiredString(tool, 'name'),
    schema: schema?.value ?? {},
    inputSchema: rawJson(
      (schema && document.rawAt(['tools', index, 'input_schema'])) ?? '{"type":"object","properties":{}}',
    ),
    ...(description !== undefined && description.trim() !== '' && { description }),
    ...(strict !== undefined && { strict }),
    ...(cache && { cache }),
  };
}

function parseChoice(choice: Located): ClientToolChoice {
  const type = requiredString(choice, 'type');
  if (type === 'auto' || type === 'any' || type === 'none') return type;
  if (type === 'tool') return { name: requiredString(choice, 'name') };
  throw invalidField(pathOf(choice, 'type'), `is ${JSON.stringify(type)}: use auto, any, tool or none`);
}
