import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type { CacheControl } from '../../../endpoints/chat-completions/chat-request.ts';
import type { CachePoint, ConverseRequest } from '../../../schemas/bedrock/converse.ts';
import type { WarningCollector } from '../../../warnings.ts';

/** What the breakpoints of one request share. */
export interface CachePointContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  /** Where the client has each breakpoint. */
  readonly cachePointPaths: Map<object, string>;
}

/** A breakpoint, where the model caches at all. */
export function convertCachePoint(
  cache: CacheControl | undefined,
  path: string,
  { capabilities, warnings, cachePointPaths }: CachePointContext,
): CachePoint[] {
  if (!cache) return [];
  if (!capabilities.cachePoint) {
    warnings.drop(`${path}.cache_control`, 'the model has no prompt caching');
    return [];
  }
  const isLong = cache.ttl === '1h' && capabilities.cacheTtl1h;
  if (cache.ttl === '1h' && !isLong)
    warnings.change(`${path}.cache_control.ttl`, 'the model caches for 5 minutes only');
  const point: CachePoint = { cachePoint: { type: 'default', ...(isLong && { ttl: '1h' }) } };
  cachePointPaths.set(point, `${path}.cache_control`);
  return [point];
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
const maxCachePoints = 4;

/** Keeps the last four breakpoints, in the order in which the prompt is read: tools, system, messages. */
export function limitCachePoints(request: ConverseRequest, context: CachePointContext): ConverseRequest {
  const { toolConfig, system, messages } = request;
  const points = [toolConfig?.tools ?? [], system ?? [], ...messages.map(({ content }) => content)]
    .flat<(readonly object[])[]>()
    .filter((block) => 'cachePoint' in block);
  if (points.length <= maxCachePoints) return request;
  const excess = new Set<object>(points.slice(0, -maxCachePoints));
  for (const point of excess) {
    const path = context.cachePointPaths.get(point) ?? 'cache_control';
    context.warnings.drop(path, `the model takes ${maxCachePoints} breakpoints; the last are kept`);
  }
  const keep = <Block extends object>(blocks: readonly Block[]): Block[] =>
    blocks.filter((block) => !excess.has(block));
  return {
    ...request,
    ...(toolConfig && { toolConfig: { ...toolConfig, tools: keep(toolConfig.tools) } }),
    ...(system && { system: keep(system) }),
    messages: messages.map((message) => ({ ...message, content: keep(message.content) })),
  };
}
