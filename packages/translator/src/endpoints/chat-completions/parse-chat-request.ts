import { TranslationError } from '../../errors.ts';
import type { ClientRequest } from '../../translator.ts';
import type { WarningCollector } from '../../warnings.ts';
import { isJsonObject, type JsonValue } from '../../wire/json-document.ts';
import { defined } from '../defined.ts';
import {
  booleanField,
  fieldOf,
  invalidField,
  numberField,
  objectField,
  pathOf,
  positiveIntegerField,
  requiredObject,
  requiredString,
  stringField,
  type Located,
} from '../json-fields.ts';
import type { ChatFieldNames, ChatRequest, ChatResponseFormat } from './chat-request.ts';
import { parseMessages } from './parse-messages.ts';
import { parseTooling } from './parse-tools.ts';

/**
 * Reads a chat completion request for a translation into another API. What would change the meaning of the answer is refused.
 * @throws TranslationError `invalid_request` or `unsupported_parameter` that names the field at fault.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function parseChatRequest(request: ClientRequest, warnings: WarningCollector): ChatRequest {
  const value = request.document.value;
  if (!isJsonObject(value)) throw new TranslationError('invalid_request', 'The body must be a JSON object');
  const root: Located = { value, path: '' };
  refuseOtherAnswers(root);
  return defined({
    names: fieldNames(root),
    messages: parseMessages(root, warnings),
    ...parseTooling(root, request.document),
    parallelToolCalls: booleanField(root, 'parallel_tool_calls'),
    maxTokens:
      positiveIntegerField(root, 'max_completion_tokens') ?? positiveIntegerField(root, 'max_tokens'),
    temperature: numberField(root, 'temperature'),
    topP: numberField(root, 'top_p'),
    topK: numberField(root, 'top_k'),
    stop: parseStop(root),
    responseFormat: parseResponseFormat(root),
    reasoningEffort: stringField(root, 'reasoning_effort'),
    thinking: objectField(root, 'thinking')?.value,
    serviceTier: stringField(root, 'service_tier'),
    metadata: objectField(root, 'metadata')?.value,
    user: stringField(root, 'user'),
  });
}

function fieldNames(root: Located): ChatFieldNames {
  const isRetired = fieldOf(root, 'max_completion_tokens') === undefined;
  return {
    messages: 'messages',
    maxTokens: isRetired ? 'max_tokens' : 'max_completion_tokens',
    stop: 'stop',
    responseFormat: 'response_format',
    reasoningEffort: 'reasoning_effort',
  };
}

/** Asking for several answers, for token probabilities or for sound and getting one plain text is not what the client meant. */
function refuseOtherAnswers(root: Located): void {
  const count = numberField(root, 'n');
  if (count !== undefined && count !== 1)
    throw unsupported('n', 'only one choice can be generated: send 1 or leave it out');
  if (fieldOf(root, 'logprobs') === true)
    throw unsupported('logprobs', 'token probabilities are not available');
  if (fieldOf(root, 'audio') !== undefined) throw unsupported('audio', 'spoken answers are not available');
  const modalities = fieldOf(root, 'modalities');
  if (Array.isArray(modalities) && modalities.some((modality) => modality !== 'text')) {
    throw unsupported('modalities', 'only text answers are available');
  }
}

function unsupported(path: string, reason: string): TranslationError {
  return new TranslationError('unsupported_parameter', `${path} is not supported: ${reason}`, {
    param: path,
  });
}

function parseStop(root: Located): string[] {
  const stop = fieldOf(root, 'stop');
  const sequences: JsonValue[] = Array.isArray(stop) ? stop : [stop ?? ''];
  return sequences.flatMap((sequence) => {
    if (typeof sequence !== 'string') throw invalidField('stop', 'must be a string or a list of strings');
    return sequence === '' ? [] : [sequence];
  });
}

function parseResponseFormat(root: Located): ChatResponseFormat | undefined {
  const format = objectField(root, 'response_format');
  if (!format) return undefined;
  const type = requiredString(format, 'type');
  switch (type) {
    case 'text':
      return undefined;
    case 'json_object':
      return { type };
    case 'json_schema':
      return parseJsonSchema(requiredObject(format, 'json_schema'));
    default:
      throw invalidField(
        pathOf(format, 'type'),
        `is ${JSON.stringify(type)}: use text, json_object or json_schema`,
      );
  }
}

/** A JSON schema for the answer, by its name, description and the rest. */
export function parseJsonSchema(details: Located): ChatResponseFormat {
  return defined({
    type: 'json_schema' as const,
    name: requiredString(details, 'name'),
    description: stringField(details, 'description'),
    schema: objectField(details, 'schema')?.value,
    strict: booleanField(details, 'strict'),
  });
}

/** The fields that are read here, and those that have no effect on one answer of text. */
export const knownChatFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'n',
  'logprobs',
  'modalities',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'response_format',
  'reasoning_effort',
  'thinking',
  'service_tier',
  'metadata',
]);
