import { TranslationError } from '../../errors.ts';
import type { ClientRequest } from '../../translator.ts';
import type { WarningCollector } from '../../warnings.ts';
import { isJsonObject, rawJson, type JsonDocument } from '../../wire/json-document.ts';
import { defined } from '../defined.ts';
import {
  fieldOf,
  invalidField,
  numberField,
  objectField,
  objectListField,
  pathOf,
  positiveIntegerField,
  requiredString,
  stringField,
  type Located,
} from '../json-fields.ts';
import type {
  ClientMessage,
  ClientMessagesRequest,
  ClientOutputFormat,
  ClientThinking,
} from './messages-request.ts';
import { parseBlocks, parseSystem } from './parse-blocks.ts';
import { parseTooling } from './parse-tools.ts';

/** `counting`: the request asks only for its length, so that it need not limit the answer. */
export interface ParseMessagesOptions {
  readonly counting?: boolean;
}

/**
 * Reads a Messages request for a translation into another API. What would change the meaning of the answer is refused.
 * @throws TranslationError `invalid_request` that names the field at fault.
 * @see https://docs.anthropic.com/en/api/messages
 */
export function parseMessagesRequest(
  { document }: Pick<ClientRequest, 'document'>,
  { counting = false }: ParseMessagesOptions = {},
): ClientMessagesRequest {
  const { value } = document;
  if (!isJsonObject(value)) throw new TranslationError('invalid_request', 'The body must be a JSON object');
  const root: Located = { value, path: '' };
  return {
    system: parseSystem(root),
    messages: parseMessages(root, document),
    ...parseTooling(root, document),
    maxTokens: parseMaxTokens(root, counting),
    stopSequences: parseStopSequences(root),
    ...defined({
      temperature: numberField(root, 'temperature'),
      topP: numberField(root, 'top_p'),
      topK: numberField(root, 'top_k'),
      thinking: parseThinking(root),
      effort: parseEffort(root),
      outputFormat: parseOutputFormat(root, document),
      serviceTier: stringField(root, 'service_tier'),
      userId: parseUserId(root),
    }),
  };
}

function parseMessages(root: Located, document: JsonDocument): ClientMessage[] {
  const messages = objectListField(root, 'messages');
  if (messages.length === 0) throw invalidField('messages', 'is missing or empty: send at least one message');
  return messages.map((message, index) => {
    const role = requiredString(message, 'role');
    if (role !== 'user' && role !== 'assistant' && role !== 'system') {
      throw invalidField(pathOf(message, 'role'), `is ${JSON.stringify(role)}: use user or assistant`);
    }
    const blocks = parseBlocks(message, { document, path: ['messages', index] });
    if (role === 'system' && blocks.some(({ kind }) => kind !== 'text')) {
      throw invalidField(pathOf(message, 'content'), 'may only have text in a system message');
    }
    return { role, path: message.path, blocks };
  });
}

function parseMaxTokens(root: Located, counting: boolean): number {
  const maxTokens = positiveIntegerField(root, 'max_tokens');
  if (maxTokens !== undefined || counting) return maxTokens ?? 1;
  throw invalidField('max_tokens', 'is missing: say how many tokens the answer may have');
}

function parseStopSequences(root: Located): string[] {
  const sequences = fieldOf(root, 'stop_sequences') ?? [];
  if (!Array.isArray(sequences)) throw invalidField('stop_sequences', 'must be a list of strings');
  return sequences.flatMap((sequence, index) => {
    if (typeof sequence !== 'string') throw invalidField(`stop_sequences[${index}]`, 'must be a string');
    return sequence === '' ? [] : [sequence];
  });
}

function parseThinking(root: Located): ClientThinking | undefined {
  const thinking = objectField(root, 'thinking');
  if (!thinking) return undefined;
  const type = requiredString(thinking, 'type');
  if (type === 'adaptive' || type === 'disabled') return { type };
  if (type !== 'enabled') {
    throw invalidField(
      pathOf(thinking, 'type'),
      `is ${JSON.stringify(type)}: use enabled, adaptive or disabled`,
    );
  }
  const budgetTokens = positiveIntegerField(thinking, 'budget_tokens');
  if (budgetTokens === undefined) throw invalidField(pathOf(thinking, 'budget_tokens'), 'is missing');
  return { type, budgetTokens };
}

function parseEffort(root: Located): string | undefined {
  const config = objectField(root, 'output_config');
  return config && stringField(config, 'effort');
}

/** `output_config.format`, or `output_format` as the API had it at first. */
function parseOutputFormat(root: Located, document: JsonDocument): ClientOutputFormat | undefined {
  const config = objectField(root, 'output_config');
  const isNew = config !== undefined && fieldOf(config, 'format') !== undefined;
  const format = isNew ? objectField(config, 'format') : objectField(root, 'output_format');
  if (!format) return undefined;
  const type = requiredString(format, 'type');
  if (type !== 'json_schema') {
    throw invalidField(pathOf(format, 'type'), `is ${JSON.stringify(type)}: use json_schema`);
  }
  const schema = objectField(format, 'schema');
  const base = isNew ? ['output_config', 'format'] : ['output_format'];
  const raw = document.rawAt([...base, 'schema']);
  if (!schema || raw === undefined) throw invalidField(pathOf(format, 'schema'), 'is missing');
  return { schema: schema.value, rawSchema: rawJson(raw), path: format.path };
}

function parseUserId(root: Located): string | undefined {
  const metadata = objectField(root, 'metadata');
  return metadata && stringField(metadata, 'user_id');
}

/** Fields that the parser reads, and those that are read elsewhere. */
const readFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'stream',
  'tools',
  'tool_choice',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'thinking',
  'output_config',
  'output_format',
  'service_tier',
  'metadata',
]);

/** Warns of every field that the request has and no translation reads. */
export function warnOfDroppedFields({ document }: ClientRequest, warnings: WarningCollector): void {
  const { value } = document;
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (member !== null && !readFields.has(name)) warnings.drop(name, 'the backend has no such field');
  }
}
