import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type { ClaudeReasoning } from '../../../claude/convert-reasoning.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import type { MessagesRequest } from '../../../schemas/anthropic/message-request.ts';
import type { WarningCollector } from '../../../warnings.ts';

interface SamplingContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  readonly reasoning: ClaudeReasoning;
}

/** `max_tokens`, which Claude requires. A limit below the thinking budget would leave no room for the answer. */
export function limitTokens({ maxTokens, names }: ChatRequest, context: SamplingContext): number {
  const { capabilities, warnings, reasoning } = context;
  const { budget } = reasoning;
  if (budget === undefined) return maxTokens ?? capabilities.defaultMaxTokens;
  if (maxTokens === undefined) return budget + capabilities.defaultMaxTokens;
  if (maxTokens > budget) return maxTokens;
  warnings.change(names.maxTokens, `raised by the thinking budget, ${budget}, which counts against it`);
  return budget + maxTokens;
}

/** Sampling parameters within what the model takes. */
export function convertSampling(
  { temperature, topP, topK }: ChatRequest,
  context: SamplingContext,
): Pick<MessagesRequest, 'temperature' | 'top_p' | 'top_k'> {
  const { sampling } = context.capabilities;
  const wanted = { temperature, top_p: topP, top_k: topK };
  if (context.reasoning.isThinking || !sampling.accepted) {
    dropAll(wanted, context);
    return {};
  }
  const isOneTooMany = !sampling.combined && temperature !== undefined && topP !== undefined;
  if (isOneTooMany) context.warnings.drop('top_p', 'the model takes temperature or top_p, not both');
  return {
    ...(temperature !== undefined && {
      temperature: clamp('temperature', temperature, sampling.maxTemperature, context),
    }),
    ...(topP !== undefined && !isOneTooMany && { top_p: clamp('top_p', topP, 1, context) }),
    ...(topK !== undefined && { top_k: topK }),
  };
}

function dropAll(wanted: Record<string, number | undefined>, { warnings, reasoning }: SamplingContext): void {
  const who = reasoning.isThinking ? 'a thinking model' : 'the model';
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined) warnings.drop(name, `${who} takes no sampling parameters`);
  }
}

function clamp(name: string, value: number, most: number, { warnings }: SamplingContext): number {
  if (value <= most) return value;
  warnings.change(name, `limited to ${most}, the model's maximum`);
  return most;
}
