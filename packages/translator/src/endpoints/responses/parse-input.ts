import type { WarningCollector } from '../../warnings.ts';
import type { ChatMessage, ChatPart } from '../chat-completions/chat-request.ts';
import { settleCallIds } from '../chat-completions/settle-call-ids.ts';
import {
  fieldOf,
  invalidField,
  objectListField,
  pathOf,
  requiredString,
  stringField,
  type Located,
} from '../json-fields.ts';
import { parseCalls } from '../tool-arguments.ts';
import { decodeReasoning } from './encrypted-reasoning.ts';
import { parseContent } from './parse-parts.ts';

/**
 * The conversation: instructions, then the input, a text or a list of items.
 * @throws TranslationError `invalid_request` that names the item at fault.
 */
export function parseInput(request: Located, warnings: WarningCollector): ChatMessage[] {
  const instructions = stringField(request, 'instructions');
  const path = 'instructions';
  const system: ChatMessage[] =
    instructions === undefined
      ? []
      : [{ role: 'system', path, parts: [{ kind: 'text', text: instructions, path }] }];
  return settleCallIds([...system, ...parseItems(request, warnings)]);
}

function parseItems(request: Located, warnings: WarningCollector): ChatMessage[] {
  const input = fieldOf(request, 'input');
  if (typeof input === 'string')
    return [{ role: 'user', path: 'input', parts: [{ kind: 'text', text: input, path: 'input' }] }];
  if (!Array.isArray(input) || input.length === 0)
    throw invalidField('input', 'is missing or empty: send a text or a list of items');
  return objectListField(request, 'input').flatMap((item) => parseItem(item, warnings));
}

function parseItem(item: Located, warnings: WarningCollector): ChatMessage[] {
  const type = stringField(item, 'type') ?? 'message';
  switch (type) {
    case 'message':
      return [parseMessage(item, warnings)];
    case 'function_call':
      return [parseFunctionCall(item, warnings)];
    case 'function_call_output':
      return [parseFunctionCallOutput(item, warnings)];
    case 'reasoning':
      return parseReasoning(item, warnings);
    case 'item_reference':
      throw invalidField(
        item.path,
        'refers to a stored item: nothing is stored here, so send the item itself (SDKs do with "store": false)',
      );
    default:
      throw invalidField(
        pathOf(item, 'type'),
        `is ${JSON.stringify(type)}: use message, function_call, function_call_output or reasoning`,
      );
  }
}

function parseMessage(item: Located, warnings: WarningCollector): ChatMessage {
  const role = requiredString(item, 'role');
  const { path } = item;
  const parts = parseContent(item, 'content', warnings);
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', path, parts };
    case 'user':
      return { role: 'user', path, parts };
    case 'assistant':
      return { role: 'assistant', path, parts, toolCalls: [] };
    default:
      throw invalidField(
        pathOf(item, 'role'),
        `is ${JSON.stringify(role)}: use system, developer, user or assistant`,
      );
  }
}

function parseFunctionCall(item: Located, warnings: WarningCollector): ChatMessage {
  const { path } = item;
  const id = requiredString(item, 'call_id');
  const name = requiredString(item, 'name');
  return {
    role: 'assistant',
    path,
    parts: [],
    toolCalls: parseCalls(item, { path, id, name }, warnings),
  };
}

function parseFunctionCallOutput(item: Located, warnings: WarningCollector): ChatMessage {
  const toolCallId = requiredString(item, 'call_id');
  return { role: 'tool', path: item.path, toolCallId, parts: parseContent(item, 'output', warnings) };
}

/** Only the encrypted content counts: the text beside it is for people, and clients may have shortened it. */
function parseReasoning(item: Located, warnings: WarningCollector): ChatMessage[] {
  const { path } = item;
  const encrypted = stringField(item, 'encrypted_content');
  const block = encrypted === undefined ? undefined : decodeReasoning(encrypted);
  if (!block) {
    const reason =
      encrypted === undefined
        ? 'reasoning without its encrypted_content cannot be sent back'
        : 'the encrypted_content was not made here';
    warnings.drop(path, reason);
    return [];
  }
  const part: ChatPart = { path, ...block };
  return [{ role: 'assistant', path, parts: [part], toolCalls: [] }];
}
