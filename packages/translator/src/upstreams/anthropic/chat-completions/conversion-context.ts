import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type { CacheControl } from '../../../endpoints/chat-completions/chat-request.ts';
import type { CacheControlParam } from '../../../schemas/anthropic/message-request.ts';
import type { WarningCollector } from '../../../warnings.ts';
import type { ToolNames } from './names.ts';

/** What the parts of a request are converted with. */
export interface ConversionContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  readonly toolNames: ToolNames;
  readonly convertToolId: (id: string) => string;
  /** True when the provider fetches images and documents by URL. */
  readonly fetchesUrls: boolean;
}

/** A cache breakpoint as a member to spread into the block that carries it. */
export function convertCacheControl(
  cache: CacheControl | undefined,
  path: string,
  { capabilities, warnings }: Pick<ConversionContext, 'capabilities' | 'warnings'>,
): { readonly cache_control?: CacheControlParam } {
  if (!cache) return {};
  const { ttl } = cache;
  if (ttl === undefined || capabilities.cacheTtl1h) {
    return { cache_control: { type: 'ephemeral', ...(ttl !== undefined && { ttl }) } };
  }
  if (ttl !== '5m') warnings.drop(`${path}.cache_control.ttl`, 'model caches for 5 minutes only');
  return { cache_control: { type: 'ephemeral' } };
}
