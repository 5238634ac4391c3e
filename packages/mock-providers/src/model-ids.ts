/** What a model can do that requests may ask for; taken from its name alone, because the mock has no catalogue. */
export interface ModelTraits {
  /** Claude, also behind an ARN that does not name a model. */
  readonly isClaude: boolean;
  readonly canThink: boolean;
  readonly canCache: boolean;
  readonly canCacheForHour: boolean;
}

const geographies = /^(?:us|eu|apac|us-gov|global|jp|au|ca|sa|me|af|il)\./;
const claudeBeforeThinking = /claude-(?:instant|v\d|[12][-.:]|2$|3-(?:opus|sonnet|haiku|5))/;
const cachingFamilies = /claude|nova/;

/** Foundation model id without inference profile geography; the last part of an ARN. */
export function foundationModelId(modelId: string): string {
  const tail = modelId.startsWith('arn:') ? modelId.slice(modelId.lastIndexOf('/') + 1) : modelId;
  return tail.replace(geographies, '');
}

/** True for ids that name an inference profile rather than a foundation model: CountTokens takes none. */
export function isInferenceProfile(modelId: string): boolean {
  return geographies.test(modelId) || modelId.includes('inference-profile/');
}

/** Reads a model's traits from its id or ARN; an ARN without a known name counts as a current Claude. */
export function modelTraits(modelId: string): ModelTraits {
  const id = foundationModelId(modelId).toLowerCase();
  const isOpaque = modelId.startsWith('arn:') && !/^[a-z0-9-]+\.[a-z]/.test(id);
  const isClaude = isOpaque || id.includes('claude');
  const isOldClaude = claudeBeforeThinking.test(id);
  return {
    isClaude,
    canThink: isClaude && !isOldClaude,
    canCache: isOpaque || cachingFamilies.test(id),
    canCacheForHour: isOpaque || (isClaude && !/claude-(?:instant|v\d|[123])/.test(id)),
  };
}

const currentClaude = 'claude-sonnet-4-5-20250929';

const aliases: Readonly<Record<string, string>> = {
  'claude-sonnet-4-5': currentClaude,
  'claude-haiku-4-5': 'claude-haiku-4-5-20251001',
  'claude-opus-4-5': 'claude-opus-4-5-20251101',
  'claude-opus-4-1': 'claude-opus-4-1-20250805',
  'claude-opus-4-0': 'claude-opus-4-20250514',
  'claude-sonnet-4-0': 'claude-sonnet-4-20250514',
};

/** The model that an Anthropic response names: `anthropic.claude-3-5-sonnet-20241022-v2:0` is `claude-3-5-sonnet-20241022`. */
export function anthropicModelName(modelId: string): string {
  const id = foundationModelId(modelId);
  if (modelId.startsWith('arn:') && !id.includes('claude')) return currentClaude;
  const name = id.replace(/^anthropic\./, '').replace(/-v\d+(?::\d+)?(?::\d+k)?$/, '');
  return Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
}
