import { mapEffort, type Effort, type ModelCapabilities } from '../../../capabilities/index.ts';
import { buildThinking, convertThinking, type ClaudeReasoning } from '../../../claude/convert-reasoning.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import type { WarningCollector } from '../../../warnings.ts';
import type { EncodableJson } from '../../../wire/json-document.ts';

/** How the model is asked to reason. */
export interface ConvertedReasoning extends Pick<ClaudeReasoning, 'isThinking' | 'budget'> {
  readonly additionalFields: Readonly<Record<string, EncodableJson>>;
}

const none: ConvertedReasoning = { additionalFields: {}, isThinking: false };

interface ReasoningContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
}

/** The client's `thinking` goes to models that know it; `reasoning_effort` is put in the words of the family. */
export function convertReasoning(request: ChatRequest, context: ReasoningContext): ConvertedReasoning {
  if (request.thinking) return placeThinking(convertThinking(request.thinking, request, context));
  if (request.reasoningEffort === undefined || request.reasoningEffort === 'none') return none;
  const { capabilities, warnings } = context;
  const effort = mapEffort(capabilities.efforts, request.reasoningEffort);
  if (effort === undefined) {
    warnings.drop(request.names.reasoningEffort, 'the model has no such setting');
    return none;
  }
  const { reasoning } = capabilities;
  if (reasoning === 'thinking-adaptive' || reasoning === 'thinking-budget')
    return placeThinking(buildThinking(effort, request, context));
  return { ...none, additionalFields: buildEffort(effort, reasoning) };
}

/** Claude's own fields are additional ones to Converse. */
function placeThinking({ thinking, effort, ...rest }: ClaudeReasoning): ConvertedReasoning {
  return {
    ...rest,
    additionalFields: {
      ...(thinking !== undefined && { thinking }),
      ...(effort !== undefined && { output_config: { effort } }),
    },
  };
}

type OtherStyle = Exclude<ModelCapabilities['reasoning'], 'thinking-adaptive' | 'thinking-budget'>;

function buildEffort(effort: Effort, style: OtherStyle): ConvertedReasoning['additionalFields'] {
  switch (style) {
    case 'nova-reasoning-config':
      return { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } };
    case 'reasoning-effort':
      return { reasoning_effort: effort };
    case 'reasoning-object':
      return { reasoning: { effort } };
    case 'reasoning-config':
      return { reasoning_config: effort };
    case 'none':
      return {};
  }
}
