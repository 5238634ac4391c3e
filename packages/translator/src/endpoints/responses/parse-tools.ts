import type { JsonDocument } from '../../wire/json-document.ts';
import type { ChatTool } from '../chat-completions/chat-request.ts';
import { parseFunctionTool, parseToolChoice, type ChatTooling } from '../chat-completions/parse-tools.ts';
import { fieldOf, invalidField, objectListField, pathOf, stringField, type Located } from '../json-fields.ts';
import { isJsonObject } from '../../wire/json-document.ts';

/**
 * The tools of a request and the choice among them.
 * @throws TranslationError `invalid_request` for tools that are not functions.
 */
export function parseTooling(request: Located, document: JsonDocument): ChatTooling {
  const tools = objectListField(request, 'tools').map((tool, index) => parseTool(tool, index, document));
  const choice = fieldOf(request, 'tool_choice');
  if (isJsonObject(choice)) checkChoice({ value: choice, path: 'tool_choice' });
  return parseToolChoice(request, tools);
}

function parseTool(tool: Located, index: number, document: JsonDocument): ChatTool {
  const type = stringField(tool, 'type') ?? 'function';
  if (type === 'function') return parseFunctionTool(tool, ['tools', index], document);
  throw invalidField(
    tool.path,
    `is a tool of type ${JSON.stringify(type)}: only function tools are supported`,
  );
}

function checkChoice(choice: Located): void {
  const type = stringField(choice, 'type');
  if (type === 'function' || type === 'allowed_tools') return;
  throw invalidField(pathOf(choice, 'type'), 'must be function or allowed_tools: there are no other tools');
}
