import type {
  CacheControlParam,
  ContentBlockParam,
  MessagesRequest,
  ThinkingBlockParam,
} from '../../../schemas/anthropic/message-request.ts';
import type { ConversionContext } from './conversion-context.ts';

/** @see https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching */
const maxBreakpoints = 4;

type Markable = { readonly cache_control?: CacheControlParam };

/** Keeps the last four cache breakpoints, in the order in which the prompt is read: tools, system, messages. */
export function limitBreakpoints(
  body: MessagesRequest,
  { breakpointPaths, warnings }: Pick<ConversionContext, 'breakpointPaths' | 'warnings'>,
): MessagesRequest {
  const { tools, system, messages } = body;
  const blocks: Markable[] = [...(tools ?? []), ...(system ?? []), ...messages.flatMap(readBlocks)];
  const marks = blocks.flatMap(({ cache_control: mark }) => mark ?? []);
  if (marks.length <= maxBreakpoints) return body;
  const excess = new Set<object>(marks.slice(0, -maxBreakpoints));
  for (const mark of excess) {
    const path = breakpointPaths.get(mark) ?? 'cache_control';
    warnings.drop(path, `the model takes ${maxBreakpoints} breakpoints; the last are kept`);
  }
  const keep = <Block extends Markable>(block: Block): Block => {
    const { cache_control: mark } = block;
    return mark && excess.has(mark) ? unmark(block) : block;
  };
  return {
    ...body,
    ...(tools && { tools: tools.map(keep) }),
    ...(system && { system: system.map(keep) }),
    messages: messages.map(({ role, content }) => ({
      role,
      content: content.map((block) => mapMarks(block, keep)),
    })),
  };
}

/** The content of a tool's result is read before the end of the result. */
function readBlocks({ content }: MessagesRequest['messages'][number]): Markable[] {
  return content.flatMap((block): Markable[] => {
    if (isThinking(block)) return [];
    return block.type === 'tool_result' ? [...(block.content ?? []), block] : [block];
  });
}

function mapMarks(
  block: ContentBlockParam,
  keep: <Block extends Markable>(block: Block) => Block,
): ContentBlockParam {
  if (isThinking(block)) return block;
  if (block.type !== 'tool_result' || !block.content) return keep(block);
  return keep({ ...block, content: block.content.map(keep) });
}

function isThinking(block: ContentBlockParam): block is ThinkingBlockParam {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}

function unmark<Block extends Markable>(block: Block): Block {
  const copy: Block & { cache_control?: CacheControlParam } = { ...block };
  delete copy.cache_control;
  return copy;
}
