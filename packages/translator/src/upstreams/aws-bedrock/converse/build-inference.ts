import type { ModelCapabilities } from '../../../capabilities/index.ts';
import { keepVisibleStops } from '../../../claude/keep-visible-stops.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import { invalidField } from '../../../endpoints/json-fields.ts';
import type { InferenceConfig } from '../../../schemas/bedrock/converse.ts';
import type { WarningCollector } from '../../../warnings.ts';
import type { EncodableJson } from '../../../wire/json-document.ts';
import type { ConvertedReasoning } from './build-reasoning.ts';

/** Limits and sampling of a request. */
export interface ConvertedInference {
  readonly inferenceConfig: InferenceConfig;
  readonly additionalFields: Readonly<Record<string, EncodableJson>>;
}

interface InferenceContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  readonly reasoning: ConvertedReasoning;
}

/** Tokens left for the answer when the client sets a thinking budget but no limit. */
const answerTokens = 4096;
/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html */
const maxStopSequences = 2500;

/** @throws TranslationError `invalid_request` for more stop sequences than Bedrock takes. */
export function convertInference(request: ChatRequest, context: InferenceContext): ConvertedInference {
  const { capabilities, warnings } = context;
  const stop = capabilities.family === 'claude' ? keepVisibleStops(request, warnings) : request.stop;
  if (stop.length > maxStopSequences)
    throw invalidField(request.names.stop, `has more than ${maxStopSequences} sequences`);
  const maxTokens = limitTokens(request, context);
  const { topK, temperature, topP } = convertSampling(request, context);
  return {
    inferenceConfig: {
      ...(maxTokens !== undefined && { maxTokens }),
      ...(temperature !== undefined && { temperature }),
      ...(topP !== undefined && { topP }),
      ...(stop.length > 0 && { stopSequences: stop }),
    },
    additionalFields: topK === undefined ? {} : placeTopK(topK, context),
  };
}

/** Thinking counts against the limit: a limit below the budget would leave no room for the answer. */
function limitTokens(
  { maxTokens, names }: ChatRequest,
  { reasoning: { budget }, warnings }: InferenceContext,
): number | undefined {
  if (budget === undefined) return maxTokens;
  if (maxTokens === undefined) return budget + answerTokens;
  if (maxTokens > budget) return maxTokens;
  warnings.change(names.maxTokens, `raised by the thinking budget, ${budget}, which counts against it`);
  return budget + maxTokens;
}

type Sampling = Pick<ChatRequest, 'temperature' | 'topP' | 'topK'>;

function convertSampling(request: ChatRequest, context: InferenceContext): Sampling {
  const { accepted, combined, maxTemperature } = context.capabilities.sampling;
  const { warnings } = context;
  if (!accepted) return dropSampling(request, 'the model takes no sampling parameters', warnings);
  if (context.reasoning.isThinking)
    return dropSampling(request, 'a thinking model takes no sampling parameters', warnings);
  const { topK } = request;
  const temperature = clamp(request.temperature, maxTemperature, () =>
    warnings.change('temperature', `limited to ${maxTemperature}, the model's maximum`),
  );
  const topP = clamp(request.topP, 1, () => warnings.change('top_p', 'limited to 1'));
  if (combined || temperature === undefined || topP === undefined)
    return present({ temperature, topP, topK });
  warnings.drop('top_p', 'the model takes temperature or top_p, not both');
  return present({ temperature, topK });
}

function present(sampling: { [K in keyof Sampling]: Sampling[K] | undefined }): Sampling {
  return Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined));
}

const samplingFields = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
] as const;

function dropSampling(request: ChatRequest, reason: string, warnings: WarningCollector): Sampling {
  for (const [key, path] of samplingFields) {
    if (request[key] !== undefined) warnings.drop(path, reason);
  }
  return {};
}

function clamp(value: number | undefined, most: number, onChange: () => void): number | undefined {
  if (value === undefined || value <= most) return value;
  onChange();
  return most;
}

function placeTopK(
  topK: number,
  { capabilities, warnings }: InferenceContext,
): Record<string, EncodableJson> {
  switch (capabilities.topK) {
    case 'top_k':
      return { top_k: topK };
    case 'inferenceConfig.topK':
      return { inferenceConfig: { topK } };
    case 'none':
      warnings.drop('top_k', 'the model has no such setting');
      return {};
  }
}
