import type { ToolNames } from '../../../endpoints/tool-names.ts';
import type { ConverseMessage, SystemBlock } from '../../../schemas/bedrock/converse.ts';
import type { MediaContext } from './build-media.ts';
import type { CachePointContext } from './cache-points.ts';

/** What the conversion of one request's content shares. */
export interface ContentContext extends MediaContext, CachePointContext {}

/** What the conversion of messages needs beyond that of content. */
export interface MessageContext extends ContentContext {
  readonly toolNames: ToolNames;
  readonly convertToolId: (id: string) => string;
}

/** A conversation as Converse has it. */
export interface ConverseConversation {
  readonly system: readonly SystemBlock[];
  readonly messages: readonly ConverseMessage[];
}
