import { openAiCapabilitiesOf } from '../../../capabilities/index.ts';
import { invalidField } from '../../../endpoints/json-fields.ts';
import type { ClientMessagesRequest } from '../../../endpoints/messages/messages-request.ts';
import {
  parseMessagesRequest,
  warnOfDroppedFields,
} from '../../../endpoints/messages/parse-messages-request.ts';
import { createToolNames, type ToolNames } from '../../../endpoints/tool-names.ts';
import type {
  ChatCompletionRequest,
  ChatResponseFormatParam,
} from '../../../schemas/openai/chat-completion-request.ts';
import type { ClientRequest, TranslationContext, UpstreamTarget } from '../../../translator.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { convertReasoning } from './build-reasoning.ts';
import { convertMessages } from './convert-messages.ts';
import { collectToolNames, convertTools } from './convert-tools.ts';
import { isStrictSchema } from './strict-schema.ts';

/** What a request is built from. */
export interface ChatRequestInput {
  readonly request: ClientRequest;
  readonly target: UpstreamTarget;
  readonly context: TranslationContext;
  /** The model that the provider is asked for. */
  readonly model: string;
  readonly warnings: WarningCollector;
}

/** A chat completion request, and what is needed to read its answer. */
export interface BuiltChatRequest {
  readonly body: ChatCompletionRequest;
  readonly toolNames: ToolNames;
  readonly stopSequences: readonly string[];
}

/** OpenAI refuses more. */
const maxStopSequences = 4;
const maxToolIdLength = 40;
const maxUserLength = 64;

/** @throws TranslationError when the request cannot be expressed as a chat completion. */
export function buildChatRequest(input: ChatRequestInput): BuiltChatRequest {
  const { request, target, context, model, warnings } = input;
  const messages = parseMessagesRequest(request);
  const toolNames = createToolNames(collectToolNames(messages), context.sha256);
  const convertToolId = (id: string): string =>
    id.length > maxToolIdLength ? `call_${context.sha256(id).slice(0, 32)}` : id;
  const shared = { warnings, toolNames, convertToolId };
  const capabilities = openAiCapabilitiesOf(target, model);
  const effort = convertReasoning(messages, capabilities, warnings);
  const body = {
    model,
    messages: convertMessages(messages, shared),
    [capabilities.maxTokensField ?? 'max_completion_tokens']: messages.maxTokens,
    ...(request.stream && { stream: true as const, stream_options: { include_usage: true as const } }),
    ...convertTools(messages, shared),
    ...convertSampling(messages, warnings),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...convertOutputFormat(messages, warnings),
    ...convertServiceTier(messages, warnings),
    ...convertUser(messages, context),
  };
  warnOfDroppedFields(request, warnings);
  return { body, toolNames, stopSequences: messages.stopSequences };
}

function convertSampling(
  { temperature, topP, topK, stopSequences }: ClientMessagesRequest,
  warnings: WarningCollector,
): Pick<ChatCompletionRequest, 'temperature' | 'top_p' | 'stop'> {
  if (topK !== undefined) warnings.drop('top_k', 'the backend has no such field');
  if (stopSequences.length > maxStopSequences) {
    throw invalidField(
      'stop_sequences',
      `has more than ${maxStopSequences}, the most that the backend takes`,
    );
  }
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(stopSequences.length > 0 && { stop: stopSequences }),
  };
}

function convertOutputFormat(
  { outputFormat }: ClientMessagesRequest,
  warnings: WarningCollector,
): { readonly response_format?: ChatResponseFormatParam } {
  if (!outputFormat) return {};
  const { rawSchema: schema, path } = outputFormat;
  const strict = isStrictSchema(outputFormat.schema);
  if (!strict) warnings.change(path, 'not guaranteed: the schema has properties that are not required');
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict } } };
}

/** @see https://platform.openai.com/docs/guides/priority-processing */
function convertServiceTier(
  { serviceTier }: ClientMessagesRequest,
  warnings: WarningCollector,
): { readonly service_tier?: string } {
  if (serviceTier === undefined) return {};
  if (serviceTier === 'auto') return { service_tier: 'auto' };
  if (serviceTier === 'standard_only') return { service_tier: 'default' };
  warnings.drop('service_tier', 'the backend has no such tier');
  return {};
}

/** Longer names than OpenAI takes are told apart by their hash. */
function convertUser(
  { userId }: ClientMessagesRequest,
  { sha256 }: TranslationContext,
): { readonly user?: string } {
  if (userId === undefined || userId === '') return {};
  return { user: userId.length > maxUserLength ? sha256(userId) : userId };
}
