import { capabilitiesOf, type ModelCapabilities } from '../../../capabilities/index.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import { warnOfDroppedFields, type ConversationApi } from '../../../endpoints/conversation-api.ts';
import type { ConverseRequest } from '../../../schemas/bedrock/converse.ts';
import type { ClientRequest, TranslationContext, UpstreamTarget } from '../../../translator.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { buildExtras, extraFields } from './build-extras.ts';
import { convertInference } from './build-inference.ts';
import { convertResponseFormat, outputToolName } from './build-output-format.ts';
import { convertReasoning, type ConvertedReasoning } from './build-reasoning.ts';
import { convertMessages, type ConverseConversation, type MessageContext } from './convert-messages.ts';
import { collectToolNames, convertTools } from './convert-tools.ts';
import { limitCachePoints } from './limit-cache-points.ts';
import { convertToolId, createToolNames, type ToolNames } from './names.ts';

/** A request for Converse, and what is needed to read its answer. */
export interface BuiltConverseRequest {
  readonly body: ConverseRequest;
  readonly toolNames: ToolNames;
  /** The answer comes as a call of `outputToolName`. */
  readonly usesOutputTool: boolean;
}

/** What a request is built from. */
export interface ConverseRequestInput {
  /** The client's API. */
  readonly api: ConversationApi;
  readonly request: ClientRequest;
  readonly target: UpstreamTarget;
  readonly context: TranslationContext;
  /** The model that Bedrock is asked for. */
  readonly model: string;
  readonly warnings: WarningCollector;
}

const takenFields: ReadonlySet<string> = new Set(extraFields);

/** @throws TranslationError when the request cannot be expressed for the model. */
export function buildConverseRequest(input: ConverseRequestInput): BuiltConverseRequest {
  const { api, request, target, model, warnings } = input;
  const chat = api.parseRequest(request, warnings);
  const capabilities = capabilitiesOf(target, model);
  const built = assembleConverseRequest(chat, {
    ...input,
    capabilities,
    reasoning: convertReasoning(chat, { capabilities, warnings }),
    convertConversation: (context) => convertMessages(chat, context),
  });
  warnOfDroppedFields(request, api, takenFields, warnings);
  return built;
}

/** What `assembleConverseRequest` is to put together with the rest of a conversation. */
export interface ConverseParts extends Pick<ConverseRequestInput, 'request' | 'context' | 'warnings'> {
  readonly capabilities: ModelCapabilities;
  readonly reasoning: ConvertedReasoning;
  readonly convertConversation: (context: MessageContext) => ConverseConversation;
}

/** A request of Converse. Of `chat.messages` only the names of tools are read. */
export function assembleConverseRequest(chat: ChatRequest, parts: ConverseParts): BuiltConverseRequest {
  const { capabilities, warnings, reasoning } = parts;
  const { isThinking } = reasoning;
  const format = convertResponseFormat(chat, { capabilities, warnings, isThinking });
  const toolNames = createToolNames(
    [...(format.outputTool ? [outputToolName] : []), ...collectToolNames(chat)],
    parts.context.sha256,
  );
  const tools = convertTools(chat, {
    capabilities,
    warnings,
    toolNames,
    isThinking,
    outputToolName,
    ...(format.outputTool && { outputTool: format.outputTool }),
  });
  const inference = convertInference(chat, { capabilities, warnings, reasoning });
  const { system, messages } = parts.convertConversation(createMessageContext(parts, toolNames));
  const extras = buildExtras(chat, parts.request, warnings);
  const additional = {
    ...extras.additionalModelRequestFields,
    ...reasoning.additionalFields,
    ...inference.additionalFields,
    ...tools.additionalFields,
  };
  const allSystem = format.system ? [...system, format.system] : system;
  const body = limitCachePoints({
    ...(allSystem.length > 0 && { system: allSystem }),
    messages,
    ...(Object.keys(inference.inferenceConfig).length > 0 && { inferenceConfig: inference.inferenceConfig }),
    ...(tools.toolConfig && { toolConfig: tools.toolConfig }),
    ...(format.outputConfig !== undefined && { outputConfig: format.outputConfig }),
    ...extras.fields,
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
  });
  return { body, toolNames, usesOutputTool: format.outputTool !== undefined };
}

function createMessageContext(
  { capabilities, warnings, context }: ConverseParts,
  toolNames: ToolNames,
): MessageContext {
  return {
    capabilities,
    warnings,
    toolNames,
    documentNames: new Set(),
    convertToolId: (id) => convertToolId(id, capabilities.family, context.sha256),
  };
}
