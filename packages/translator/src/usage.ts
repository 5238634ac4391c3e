/** Tokens of one exchange, in one accounting for all providers. Absent means that the provider has not said. */
export interface TokenUsage {
  /** All input: fresh, read from cache and written to cache. */
  readonly inputTokens?: number;
  readonly cachedInputTokens?: number;
  /** Input written to cache, every lifetime. */
  readonly cacheCreationInputTokens?: number;
  /** The part of `cacheCreationInputTokens` that was written for one hour. */
  readonly cacheCreation1hInputTokens?: number;
  readonly outputTokens?: number;
  /** The part of `outputTokens` spent on reasoning. */
  readonly reasoningTokens?: number;
  /** Input plus output. */
  readonly totalTokens?: number;
}
