import { filterBetas, parseBetaField, parseBetaHeader } from '../../../bedrock/filter-betas.ts';
import { capabilitiesOf, type ModelCapabilities } from '../../../capabilities/index.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ClientMessagesRequest } from '../../../endpoints/messages/messages-request.ts';
import {
  parseMessagesRequest,
  warnOfDroppedFields,
} from '../../../endpoints/messages/parse-messages-request.ts';
import { objectOf } from '../../../schemas/json-fields.ts';
import type { ClientRequest } from '../../../translator.ts';
import type { WarningCollector } from '../../../warnings.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import {
  assembleConverseRequest,
  type BuiltConverseRequest,
  type ConverseRequestInput,
} from '../converse/assemble-request.ts';
import { extraFields } from '../converse/build-extras.ts';
import type { ConvertedReasoning } from '../converse/build-reasoning.ts';
import { convertReasoning } from './build-reasoning.ts';
import { convertMessages } from './convert-messages.ts';
import { convertTooling } from './convert-tools.ts';

/** A Messages request as Converse takes it, and what is needed to read the answer. */
export interface BuiltMessagesRequest extends BuiltConverseRequest {
  readonly stopSequences: readonly string[];
}

/** @throws TranslationError when the request cannot be expressed for the model. */
export function buildMessagesRequest(input: ConverseRequestInput): BuiltMessagesRequest {
  const { request, target, model, warnings } = input;
  const own = parseMessagesRequest(request, { counting: request.endpoint === 'countTokens' });
  const root = objectOf(request.document.value) ?? {};
  const capabilities = capabilitiesOf(target, model);
  const chat: ChatRequest = {
    ...convertSettings(own, root),
    ...convertTooling(own, { capabilities, warnings, root }),
  };
  const thinking = objectOf(root['thinking']);
  const built = assembleConverseRequest(chat, {
    ...input,
    capabilities,
    reasoning: withBetas(
      convertReasoning(own, { capabilities, warnings, thinking, chat }),
      input,
      capabilities,
    ),
    tellsStopSequence: true,
    convertConversation: (context) => convertMessages(own, context),
  });
  warnOfUnreadFields(request, warnings);
  return { ...built, stopSequences: own.stopSequences };
}

/** Claude's betas go where its thinking goes; other models have none. */
function withBetas(
  reasoning: ConvertedReasoning,
  { request, warnings }: ConverseRequestInput,
  capabilities: ModelCapabilities,
): ConvertedReasoning {
  const { headers, document } = request;
  const wanted = {
    'anthropic-beta': parseBetaHeader(headers.get('anthropic-beta')),
    anthropic_beta: parseBetaField(objectOf(document.value)?.['anthropic_beta']),
  };
  const betas = Object.entries(wanted).flatMap(([path, names]) => {
    if (capabilities.family === 'claude') return filterBetas(names, { capabilities, warnings, path });
    if (names.length > 0) warnings.drop(path, 'the model has no betas');
    return [];
  });
  if (betas.length === 0) return reasoning;
  const additionalFields = { ...reasoning.additionalFields, anthropic_beta: [...new Set(betas)] };
  return { ...reasoning, additionalFields };
}

/** What a Messages request asks for in the same sense as a chat completion. */
function convertSettings(
  own: ClientMessagesRequest,
  root: JsonObject,
): Omit<ChatRequest, 'messages' | 'tools'> {
  const { temperature, topP, topK, serviceTier, outputFormat } = own;
  const metadata = objectOf(root['metadata']);
  return {
    names: {
      messages: 'messages',
      maxTokens: 'max_tokens',
      stop: 'stop_sequences',
      responseFormat: outputFormat?.path ?? 'output_config.format',
      reasoningEffort: 'output_config.effort',
    },
    maxTokens: own.maxTokens,
    stop: own.stopSequences,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(metadata && { metadata }),
    ...(outputFormat && {
      responseFormat: { type: 'json_schema', name: 'answer', schema: outputFormat.schema },
    }),
  };
}

/** Read here, or said elsewhere. */
const takenFields: ReadonlySet<string> = new Set([...extraFields, 'anthropic_version', 'anthropic_beta']);

function warnOfUnreadFields(request: ClientRequest, warnings: WarningCollector): void {
  warnOfDroppedFields(request, {
    ...warnings,
    drop: (path, reason) => {
      if (!takenFields.has(path)) warnings.drop(path, reason);
    },
  });
}
