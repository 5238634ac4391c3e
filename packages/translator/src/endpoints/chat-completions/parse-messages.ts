import type { WarningCollector } from '../../warnings.ts';
import {
  fieldOf,
  invalidField,
  objectField,
  objectListField,
  pathOf,
  requiredString,
  stringField,
  type Located,
} from '../json-fields.ts';
import { parseCalls } from '../tool-arguments.ts';
import type { ChatMessage, ChatPart, ChatRequestToolCall } from './chat-request.ts';
import { parseCacheControl, parseContent, parseThinking } from './parse-parts.ts';
import { settleCallIds } from './settle-call-ids.ts';

/**
 * The messages of a chat completion request.
 * @throws TranslationError `invalid_request` that names the field at fault.
 */
export function parseMessages(request: Located, warnings: WarningCollector): ChatMessage[] {
  const messages = objectListField(request, 'messages');
  if (messages.length === 0) throw invalidField('messages', 'is missing or empty: send at least one message');
  const legacy = createLegacyIds();
  return settleCallIds(messages.map((message) => parseMessage(message, legacy, warnings)));
}

function parseMessage(message: Located, legacy: LegacyIds, warnings: WarningCollector): ChatMessage {
  const role = requiredString(message, 'role');
  const { path } = message;
  switch (role) {
    case 'system':
    case 'developer':
      warnOfName(message, warnings);
      return { role: 'system', path, parts: parseMarkedContent(message, warnings) };
    case 'user':
      warnOfName(message, warnings);
      return { role: 'user', path, parts: parseMarkedContent(message, warnings) };
    case 'assistant':
      return parseAssistant(message, legacy, warnings);
    case 'tool':
      return toolMessage(message, requiredString(message, 'tool_call_id'), warnings);
    case 'function':
      return toolMessage(message, legacy.answered(requiredString(message, 'name')), warnings);
    default:
      throw invalidField(
        pathOf(message, 'role'),
        `is ${JSON.stringify(role)}: use system, developer, user, assistant or tool`,
      );
  }
}

/** Participants of one role cannot be told apart elsewhere. */
function warnOfName(message: Located, warnings: WarningCollector): void {
  if (fieldOf(message, 'name') !== undefined)
    warnings.drop(pathOf(message, 'name'), 'the backend knows no names of participants');
}

/** A marker on the message itself counts for its last part. */
function parseMarkedContent(message: Located, warnings: WarningCollector): ChatPart[] {
  const parts = parseContent(message, warnings);
  const cache = parseCacheControl(message);
  return cache ? parts.map((part, index) => (index === parts.length - 1 ? { cache, ...part } : part)) : parts;
}

function toolMessage(message: Located, toolCallId: string, warnings: WarningCollector): ChatMessage {
  const cache = parseCacheControl(message);
  return {
    role: 'tool',
    path: message.path,
    parts: parseContent(message, warnings),
    toolCallId,
    ...(cache && { cache }),
  };
}

function parseAssistant(message: Located, legacy: LegacyIds, warnings: WarningCollector): ChatMessage {
  const refusal = stringField(message, 'refusal');
  warnOfName(message, warnings);
  if (fieldOf(message, 'audio') !== undefined)
    warnings.drop(pathOf(message, 'audio'), 'spoken answers are not kept here');
  const said = parseMarkedContent(message, warnings);
  const refused: ChatPart[] =
    refusal === undefined ? [] : [{ kind: 'text', text: refusal, path: pathOf(message, 'refusal') }];
  const calls = objectListField(message, 'tool_calls').flatMap((call) => parseToolCall(call, warnings));
  const call = objectField(message, 'function_call');
  const legacyCalls = call
    ? parseFunction(call, { id: legacy.called(requiredString(call, 'name')) }, warnings)
    : [];
  return {
    role: 'assistant',
    path: message.path,
    parts: [...parseReasoning(message), ...said, ...refused],
    toolCalls: [...calls, ...legacyCalls],
  };
}

/** Signed blocks where the client kept them, else the plain text, which carries no signature. */
function parseReasoning(message: Located): ChatPart[] {
  if (Array.isArray(fieldOf(message, 'thinking_blocks'))) {
    return objectListField(message, 'thinking_blocks').map((block) => ({
      path: block.path,
      ...parseThinking(block),
    }));
  }
  const text = fieldOf(message, 'reasoning_content');
  if (typeof text !== 'string' || text === '') return [];
  return [{ kind: 'thinking', text, path: pathOf(message, 'reasoning_content') }];
}

function parseToolCall(call: Located, warnings: WarningCollector): ChatRequestToolCall[] {
  const details = objectField(call, 'function');
  if (!details)
    throw invalidField(pathOf(call, 'function'), 'is missing: only calls of functions are supported');
  const cache = parseCacheControl(call);
  return parseFunction(details, { id: requiredString(call, 'id'), ...(cache && { cache }) }, warnings);
}

function parseFunction(
  details: Located,
  base: Pick<ChatRequestToolCall, 'id' | 'cache'>,
  warnings: WarningCollector,
): ChatRequestToolCall[] {
  const name = requiredString(details, 'name');
  return parseCalls(details, { ...base, path: details.path, name }, warnings);
}

/** Ids for the retired `function_call` messages, which have only names: a result answers the latest call of its name. */
interface LegacyIds {
  called(name: string): string;
  answered(name: string): string;
}

function createLegacyIds(): LegacyIds {
  const latest = new Map<string, string>();
  let count = 0;
  const called = (name: string): string => {
    const id = `call_${count++}`;
    latest.set(name, id);
    return id;
  };
  return { called, answered: (name) => latest.get(name) ?? called(name) };
}
