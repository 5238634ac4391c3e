import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import { createToolNames, type ToolNames } from '../../../endpoints/tool-names.ts';
import type { ConverseRequest } from '../../../schemas/bedrock/converse.ts';
import type { ClientRequest, TranslationContext, UpstreamTarget } from '../../../translator.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { buildExtras } from './build-extras.ts';
import { convertInference } from './build-inference.ts';
import { outputToolName } from '../../../endpoints/chat-completions/choose-output-format.ts';
import { convertResponseFormat } from './build-output-format.ts';
import type { ConvertedReasoning } from './build-reasoning.ts';
import { limitCachePoints } from './cache-points.ts';
import type { ConverseConversation, MessageContext } from './conversion-context.ts';
import { convertToolId } from './convert-tool-id.ts';
import { collectToolNames, convertTools } from './convert-tools.ts';
import { responseFieldPaths } from './response-fields.ts';

/** A request for Converse, and what is needed to read its answer. */
export interface BuiltConverseRequest {
  readonly body: ConverseRequest;
  readonly toolNames: ToolNames;
  /** The answer comes as a call of `outputToolName`. */
  readonly usesOutputTool: boolean;
}

/** What a request is built from. */
export interface ConverseRequestInput {
  readonly request: ClientRequest;
  readonly target: UpstreamTarget;
  readonly context: TranslationContext;
  /** The model that Bedrock is asked for. */
  readonly model: string;
  readonly warnings: WarningCollector;
}

/** What a request is put together from, beside the conversation itself. */
export interface ConverseParts extends Pick<ConverseRequestInput, 'request' | 'context' | 'warnings'> {
  readonly capabilities: ModelCapabilities;
  readonly reasoning: ConvertedReasoning;
  /** The client is told which of several stop sequences was met. */
  readonly tellsStopSequence: boolean;
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
  const context = createMessageContext(parts, toolNames);
  const tools = convertTools(chat, {
    ...context,
    isThinking,
    outputToolName,
    ...(format.outputTool && { outputTool: format.outputTool }),
  });
  const inference = convertInference(chat, { capabilities, warnings, reasoning });
  const { system, messages } = parts.convertConversation(context);
  const extras = buildExtras(chat, parts.request, warnings);
  const additional = {
    ...extras.additionalModelRequestFields,
    ...reasoning.additionalFields,
    ...inference.additionalFields,
    ...tools.additionalFields,
  };
  const wanted = {
    thinkingTokens: isThinking,
    stopSequence: parts.tellsStopSequence && chat.stop.length > 1,
  };
  const paths = responseFieldPaths(wanted, capabilities, parts.request);
  const allSystem = format.system ? [...system, format.system] : system;
  const body = {
    ...(allSystem.length > 0 && { system: allSystem }),
    messages,
    ...(Object.keys(inference.inferenceConfig).length > 0 && { inferenceConfig: inference.inferenceConfig }),
    ...(tools.toolConfig && { toolConfig: tools.toolConfig }),
    ...(format.outputConfig !== undefined && { outputConfig: format.outputConfig }),
    ...extras.fields,
    ...(paths.length > 0 && { additionalModelResponseFieldPaths: paths }),
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
  };
  return {
    body: limitCachePoints(body, context),
    toolNames,
    usesOutputTool: format.outputTool !== undefined,
  };
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
    cachePointPaths: new Map(),
    convertToolId: (id) => convertToolId(id, capabilities.family, context.sha256),
  };
}
