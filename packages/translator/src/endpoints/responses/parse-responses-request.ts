import { TranslationError } from '../../errors.ts';
import type { ClientRequest } from '../../translator.ts';
import type { WarningCollector } from '../../warnings.ts';
import { isJsonObject } from '../../wire/json-document.ts';
import type { ChatFieldNames, ChatRequest, ChatResponseFormat } from '../chat-completions/chat-request.ts';
import { parseJsonSchema } from '../chat-completions/parse-chat-request.ts';
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
import { parseInput } from './parse-input.ts';
import { parseTooling } from './parse-tools.ts';
import { refuseUnsupported } from './refuse-unsupported.ts';

const names: ChatFieldNames = {
  messages: 'input',
  maxTokens: 'max_output_tokens',
  stop: 'stop',
  responseFormat: 'text.format',
  reasoningEffort: 'reasoning.effort',
};

/** The fields that are read here, and those that have no effect on one answer. */
export const knownResponsesFields: ReadonlySet<string> = new Set([
  'background',
  'conversation',
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'metadata',
  'model',
  'parallel_tool_calls',
  'previous_response_id',
  'prompt',
  'reasoning',
  'service_tier',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'text',
  'thinking',
  'tool_choice',
  'tools',
  'top_k',
  'top_logprobs',
  'top_p',
  'truncation',
]);

/**
 * Reads a request of the Responses API for a translation into another API. What would change the meaning of the answer is refused.
 * @throws TranslationError `invalid_request` or `unsupported_parameter` that names the field at fault.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export function parseResponsesRequest(request: ClientRequest, warnings: WarningCollector): ChatRequest {
  const { value } = request.document;
  if (!isJsonObject(value)) throw new TranslationError('invalid_request', 'The body must be a JSON object');
  const root: Located = { value, path: '' };
  refuseUnsupported(root, warnings);
  return defined({
    names,
    messages: parseInput(root, warnings),
    ...parseTooling(root, request.document),
    parallelToolCalls: booleanField(root, 'parallel_tool_calls'),
    maxTokens: positiveIntegerField(root, 'max_output_tokens'),
    temperature: numberField(root, 'temperature'),
    topP: numberField(root, 'top_p'),
    topK: numberField(root, 'top_k'),
    stop: [],
    responseFormat: parseTextFormat(root, warnings),
    reasoningEffort: parseEffort(root, warnings),
    thinking: objectField(root, 'thinking')?.value,
    serviceTier: stringField(root, 'service_tier'),
    metadata: objectField(root, 'metadata')?.value,
    user: stringField(root, 'user'),
  });
}

/** How much to reason. Whether the reasoning is told as a summary is for the answer's encoder. */
function parseEffort(root: Located, warnings: WarningCollector): string | undefined {
  const reasoning = objectField(root, 'reasoning');
  if (!reasoning) return undefined;
  warnOfOthers(reasoning, ['effort', 'summary', 'generate_summary'], warnings);
  return stringField(reasoning, 'effort');
}

function parseTextFormat(root: Located, warnings: WarningCollector): ChatResponseFormat | undefined {
  const text = objectField(root, 'text');
  if (!text) return undefined;
  warnOfOthers(text, ['format'], warnings);
  const format = objectField(text, 'format');
  const type = format && requiredString(format, 'type');
  switch (type) {
    case undefined:
    case 'text':
      return undefined;
    case 'json_object':
      return { type };
    case 'json_schema':
      return parseJsonSchema(requiredObject(text, 'format'));
    default:
      throw invalidField(
        'text.format.type',
        `is ${JSON.stringify(type)}: use text, json_object or json_schema`,
      );
  }
}

function warnOfOthers(at: Located, known: readonly string[], warnings: WarningCollector): void {
  for (const key of Object.keys(at.value)) {
    if (known.includes(key) || fieldOf(at, key) === undefined) continue;
    warnings.drop(pathOf(at, key), 'the backend has no such setting');
  }
}
