import type { ConverseRequest } from '../../../schemas/bedrock/converse.ts';

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
const maxCachePoints = 4;

/** Keeps the last four breakpoints, in the order in which the prompt is read: tools, system, messages. */
export function limitCachePoints(request: ConverseRequest): ConverseRequest {
  const { toolConfig, system, messages } = request;
  let excess =
    [toolConfig?.tools ?? [], system ?? [], ...messages.map(({ content }) => content)]
      .flat()
      .filter(isCachePoint).length - maxCachePoints;
  if (excess <= 0) return request;
  const keep = <Block extends object>(blocks: readonly Block[]): Block[] =>
    blocks.filter((block) => !isCachePoint(block) || excess-- <= 0);
  return {
    ...request,
    ...(toolConfig && { toolConfig: { ...toolConfig, tools: keep(toolConfig.tools) } }),
    ...(system && { system: keep(system) }),
    messages: messages.map((message) => ({ ...message, content: keep(message.content) })),
  };
}

function isCachePoint(block: object): boolean {
  return 'cachePoint' in block;
}
