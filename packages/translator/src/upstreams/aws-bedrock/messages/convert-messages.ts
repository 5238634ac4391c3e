import { invalidField } from '../../../endpoints/json-fields.ts';
import type {
  ClientMessage,
  ClientMessagesRequest,
  MessageBlock,
  TextBlock,
  ToolResultBlock,
} from '../../../endpoints/messages/messages-request.ts';
import type { ContentBlock, SystemBlock } from '../../../schemas/bedrock/converse.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import { convertCachePoint } from '../converse/cache-points.ts';
import type { ConverseConversation, MessageContext } from '../converse/conversion-context.ts';
import { convertReasoningBlock } from '../converse/convert-reasoning-block.ts';
import { finishTurns, type Turn } from '../converse/finish-turns.ts';
import { restoreCitation } from './convert-citation.ts';
import { settleCallIds } from './settle-call-ids.ts';
import { convertMaterial } from './convert-content.ts';

/**
 * The conversation for Converse. What the model wrote stays in its order, so that it recognises its own words.
 * @throws TranslationError `invalid_request` for what Bedrock cannot be shown.
 */
export function convertMessages(
  { system, messages }: Pick<ClientMessagesRequest, 'system' | 'messages'>,
  context: MessageContext,
): ConverseConversation {
  return {
    system: [
      ...system.flatMap((block) => convertSystem(block, context)),
      ...messages.flatMap((message) => (message.role === 'system' ? promoteSystem(message, context) : [])),
    ],
    messages: finishTurns(settleCallIds(messages).flatMap((message) => convertMessage(message, context))),
  };
}

/** Claude Code's note to Anthropic's billing; it says nothing to a model, and would spoil its cache. */
const billingHeader = /^x-anthropic-billing-header:/;

function convertSystem(block: TextBlock, context: MessageContext): SystemBlock[] {
  const { text, path, cache } = block;
  if (text.trim() === '') return [];
  if (billingHeader.test(text)) {
    context.warnings.change(path, 'left out: it is meant for the billing of Anthropic');
    return [];
  }
  return [{ text }, ...convertCachePoint(cache, path, context)];
}

function promoteSystem({ blocks }: ClientMessage, context: MessageContext): SystemBlock[] {
  return blocks.flatMap((block) => {
    if (block.kind !== 'text')
      throw invalidField(block.path, 'must be text: system messages take nothing else');
    const converted = convertSystem(block, context);
    if (converted.length > 0)
      context.warnings.change(block.path, 'moved to the front: instructions cannot stand between turns');
    return converted;
  });
}

function convertMessage(message: ClientMessage, context: MessageContext): Turn[] {
  const { role, blocks } = message;
  switch (role) {
    case 'system':
      return [];
    case 'assistant':
      return [{ role, head: [], body: blocks.flatMap((block) => convertBlock(block, context)), tail: [] }];
    case 'user':
      return [convertUser(blocks, context)];
  }
}

/** Results of tools stand at the head of their turn. */
function convertUser(blocks: readonly MessageBlock[], context: MessageContext): Turn {
  const head = blocks.filter((block) => block.kind === 'tool_result');
  const body = blocks.filter((block) => block.kind !== 'tool_result');
  return {
    role: 'user',
    head: head.flatMap((block) => convertToolResult(block, context)),
    body: body.flatMap((block) => convertBlock(block, context)),
    tail: [],
  };
}

function convertBlock(block: MessageBlock, context: MessageContext): ContentBlock[] {
  const blocks = convertBody(block, context);
  return blocks.length === 0 ? [] : [...blocks, ...convertCachePoint(block.cache, block.path, context)];
}

function convertBody(block: MessageBlock, context: MessageContext): ContentBlock[] {
  switch (block.kind) {
    case 'thinking': {
      const { thinking: text, signature } = block;
      const own = { kind: 'thinking', text, ...(signature !== undefined && { signature }) } as const;
      return convertReasoningBlock(own, block.path, context);
    }
    case 'redacted_thinking':
      return convertReasoningBlock(block, block.path, context);
    case 'tool_use': {
      const { id, name, input } = block;
      const toolUseId = context.convertToolId(id);
      return [{ toolUse: { toolUseId, name: context.toolNames.toUpstream(name), input } }];
    }
    case 'tool_result':
      throw invalidField(block.path, 'is the result of a tool, which belongs into a user message');
    case 'server_tool':
      return dropServerTool(block, context);
    case 'text':
      return block.citations
        ? convertCitedText(block, block.citations, context)
        : convertMaterial(block, context);
    default:
      return convertMaterial(block, context);
  }
}

/** The model's own citations go back to it as they came. */
function convertCitedText(
  block: TextBlock,
  citations: readonly JsonObject[],
  context: MessageContext,
): ContentBlock[] {
  const content = convertMaterial(block, context);
  const restored = context.capabilities.family === 'claude' ? citations.map(restoreCitation) : [];
  const known = restored.filter((citation) => citation !== undefined);
  if (known.length < citations.length) {
    context.warnings.drop(`${block.path}.citations`, 'the model does not know what they refer to');
  }
  if (known.length === 0 || content.length === 0) return content;
  return [{ citationsContent: { content: [{ text: block.text }], citations: known } }];
}

function dropServerTool(
  { path, type }: Extract<MessageBlock, { kind: 'server_tool' }>,
  { warnings }: MessageContext,
): ContentBlock[] {
  if (type === 'container_upload')
    throw invalidField(path, 'puts a file into a container of Anthropic, which Bedrock does not have');
  warnings.drop(path, `${type} belongs to a tool that Anthropic runs, which only Anthropic can read`);
  return [];
}

function convertToolResult(block: ToolResultBlock, context: MessageContext): ContentBlock[] {
  const { toolUseId, content, isError, path } = block;
  const cache = block.cache ?? content.findLast((part) => part.cache)?.cache;
  const toolResult = {
    toolUseId: context.convertToolId(toolUseId),
    content: content.flatMap((part) => convertMaterial(part, context)),
    ...(isError && ({ status: 'error' } as const)),
  };
  return [{ toolResult }, ...convertCachePoint(cache, path, context)];
}
