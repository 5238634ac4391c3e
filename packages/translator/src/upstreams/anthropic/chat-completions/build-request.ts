import { capabilitiesOf } from '../../../capabilities/index.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import { warnOfDroppedFields, type ConversationApi } from '../../../endpoints/conversation-api.ts';
import { createToolNames, type ToolNames } from '../../../endpoints/tool-names.ts';
import type { MessagesRequest } from '../../../schemas/anthropic/message-request.ts';
import type { ClientRequest, TranslationContext, UpstreamTarget } from '../../../translator.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { outputToolName } from '../../../endpoints/chat-completions/choose-output-format.ts';
import { convertResponseFormat } from './build-output-format.ts';
import { convertReasoning } from './build-reasoning.ts';
import { convertSampling, limitTokens } from './build-sampling.ts';
import { convertMessages } from './convert-messages.ts';
import { convertToolId } from './convert-tool-id.ts';
import { collectToolNames, convertTools } from './convert-tools.ts';
import { keepVisibleStops } from '../../../claude/keep-visible-stops.ts';
import { limitBreakpoints } from './limit-breakpoints.ts';

/** A Messages request, and what is needed to read its answer. */
export interface BuiltMessagesRequest {
  readonly body: MessagesRequest;
  readonly serviceTier: string | undefined;
  readonly toolNames: ToolNames;
  /** The answer comes as a call of `outputToolName`. */
  readonly usesOutputTool: boolean;
}

/** What a request is built from. */
export interface MessagesRequestInput {
  /** The client's API. */
  readonly api: ConversationApi;
  readonly request: ClientRequest;
  readonly target: UpstreamTarget;
  readonly context: TranslationContext;
  /** The model that the provider is asked for. */
  readonly model: string;
  readonly warnings: WarningCollector;
  /** True when the provider fetches images and documents by URL. */
  readonly fetchesUrls: boolean;
}

const takenFields: ReadonlySet<string> = new Set(['user']);

/** @throws TranslationError when the request cannot be expressed for Claude. */
export function buildMessagesRequest(input: MessagesRequestInput): BuiltMessagesRequest {
  const { api, request, target, model, warnings, fetchesUrls } = input;
  const { sha256 } = input.context;
  const chat = api.parseRequest(request, warnings);
  const capabilities = capabilitiesOf(target, model);
  const reasoning = convertReasoning(chat, { capabilities, warnings });
  const format = convertResponseFormat(chat, { capabilities, warnings, isThinking: reasoning.isThinking });
  const { outputTool } = format;
  const names = [...(outputTool ? [outputToolName] : []), ...collectToolNames(chat)];
  const toolNames = createToolNames(names, sha256);
  const shared = {
    capabilities,
    warnings,
    toolNames,
    fetchesUrls,
    breakpointPaths: new Map<object, string>(),
    convertToolId: (id: string) => convertToolId(id, sha256),
  };
  const { system, messages } = convertMessages(chat, shared);
  const allSystem = format.system ? [...system, format.system] : system;
  const stop = keepVisibleStops(chat, warnings);
  const userId = readUserId(chat, warnings);
  const outputConfig = {
    ...(reasoning.effort !== undefined && { effort: reasoning.effort }),
    ...(format.format !== undefined && { format: format.format }),
  };
  warnOfDroppedFields(request, api, takenFields, warnings);
  const body: MessagesRequest = {
    max_tokens: limitTokens(chat, { capabilities, warnings, reasoning }),
    ...(allSystem.length > 0 && { system: allSystem }),
    messages,
    ...convertTools(chat, { ...shared, isThinking: reasoning.isThinking, ...(outputTool && { outputTool }) }),
    ...(stop.length > 0 && { stop_sequences: stop }),
    ...convertSampling(chat, { capabilities, warnings, reasoning }),
    ...(reasoning.thinking !== undefined && { thinking: reasoning.thinking }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...(userId !== undefined && { metadata: { user_id: userId } }),
  };
  const usesOutputTool = outputTool !== undefined;
  return { body: limitBreakpoints(body, shared), serviceTier: chat.serviceTier, toolNames, usesOutputTool };
}

/** Anthropic's metadata has one member: the user on whose behalf the model is asked. */
function readUserId({ user, metadata = {} }: ChatRequest, warnings: WarningCollector): string | undefined {
  for (const key of Object.keys(metadata)) {
    if (key !== 'user_id') warnings.drop(`metadata.${key}`, 'Anthropic takes user_id only');
  }
  const userId = metadata['user_id'];
  return user ?? (typeof userId === 'string' ? userId : undefined);
}
