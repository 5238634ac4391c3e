import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type { CacheControl } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ToolNames } from '../../../endpoints/tool-names.ts';
import type { CacheControlParam } from '../../../schemas/anthropic/message-request.ts';
import type { WarningCollector } from '../../../warnings.ts';

/** What the parts of a request are converted with. */
export interface ConversionContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  readonly toolNames: ToolNames;
  readonly convertToolId: (id: string) => string;
  /** True when the provider fetches images and documents by URL. */
  readonly fetchesUrls: boolean;
  /** Where the client has each breakpoint. */
  readonly breakpointPaths: Map<object, string>;
}

/** A cache breakpoint as a member to spread into the block that carries it. */
export function convertCacheControl(
  cache: CacheControl | undefined,
  path: string,
  context: Pick<ConversionContext, 'capabilities' | 'warnings' | 'breakpointPaths'>,
): { readonly cache_control?: CacheControlParam } {
  if (!cache) return {};
  const ttl = convertTtl(cache, path, context);
  const control: CacheControlParam = { type: 'ephemeral', ...(ttl !== undefined && { ttl }) };
  context.breakpointPaths.set(control, `${path}.cache_control`);
  return { cache_control: control };
}

function convertTtl(
  { ttl }: CacheControl,
  path: string,
  { capabilities, warnings }: Pick<ConversionContext, 'capabilities' | 'warnings'>,
): string | undefined {
  if (capabilities.cacheTtl1h || ttl === undefined) return ttl;
  if (ttl !== '5m') warnings.drop(`${path}.cache_control.ttl`, 'model caches for 5 minutes only');
  return undefined;
}
