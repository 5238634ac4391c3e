import { invalidField } from '../../../endpoints/json-fields.ts';
import type {
  ClientMessage,
  ClientMessagesRequest,
  MessageBlock,
  RedactedThinkingBlock,
  TextBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
} from '../../../endpoints/messages/messages-request.ts';
import type {
  ChatMessageParam,
  ChatPartParam,
  ChatToolCallParam,
} from '../../../schemas/openai/chat-completion-request.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { encodeJson } from '../../../wire/json-document.ts';
import type { ConversionContext } from './conversion-context.ts';
import { convertMaterial, warnOfCacheControl } from './convert-content.ts';

/**
 * The conversation in OpenAI's form: the system prompt first, the results of tools in messages of their own before
 * what the user adds. Calls and results keep their bytes.
 * @throws TranslationError for content that OpenAI's API cannot carry.
 */
export function convertMessages(
  { system, messages }: Pick<ClientMessagesRequest, 'system' | 'messages'>,
  context: ConversionContext,
): ChatMessageParam[] {
  const converted = messages.flatMap((message) => convertMessage(message, context));
  if (converted.length === 0) throw invalidField('messages', 'have no content: send some text');
  return [...convertSystem(system, context), ...converted];
}

function convertSystem(blocks: readonly TextBlock[], { warnings }: ConversionContext): ChatMessageParam[] {
  for (const block of blocks) warnOfCacheControl(block, warnings);
  const content = joinTexts(blocks.map(({ text }) => text));
  return content === '' ? [] : [{ role: 'system', content }];
}

function joinTexts(texts: readonly string[]): string {
  return texts.filter((text) => text.trim() !== '').join('\n\n');
}

function convertMessage({ role, blocks }: ClientMessage, context: ConversionContext): ChatMessageParam[] {
  switch (role) {
    case 'system':
      return convertSystem(
        blocks.filter((block) => block.kind === 'text'),
        context,
      );
    case 'assistant':
      return convertAssistant(blocks, context);
    case 'user':
      return convertUser(blocks, context);
  }
}

function convertUser(blocks: readonly MessageBlock[], context: ConversionContext): ChatMessageParam[] {
  const results: ChatMessageParam[] = [];
  const parts: ChatPartParam[] = [];
  for (const block of blocks) {
    switch (block.kind) {
      case 'tool_result': {
        const result = convertResult(block, context);
        results.push(result.message);
        parts.push(...result.media);
        break;
      }
      case 'thinking':
      case 'redacted_thinking':
      case 'tool_use':
      case 'server_tool':
        throw invalidField(`${block.path}.type`, `is not allowed in a message of the user`);
      default:
        parts.push(...convertMaterial([block], context.warnings));
    }
  }
  return [...results, ...buildUser(parts)];
}

function buildUser(parts: readonly ChatPartParam[]): ChatMessageParam[] {
  const [only] = parts;
  if (!only) return [];
  return [{ role: 'user', content: parts.length === 1 && only.type === 'text' ? only.text : parts }];
}

interface ConvertedResult {
  readonly message: ChatMessageParam;
  /** What a message of a tool cannot carry. */
  readonly media: readonly ChatPartParam[];
}

/** OpenAI's messages of tools carry text only: the user shows the rest right after them. */
function convertResult(
  block: ToolResultBlock,
  { warnings, convertToolId }: ConversionContext,
): ConvertedResult {
  warnOfCacheControl(block, warnings);
  if (block.isError) warnings.drop(`${block.path}.is_error`, 'the backend knows no failed results');
  const parts = convertMaterial(block.content, warnings);
  const media = parts.filter((part) => part.type !== 'text');
  if (media.length > 0) warnings.change(`${block.path}.content`, 'images and files are shown by the user');
  return {
    message: {
      role: 'tool',
      tool_call_id: convertToolId(block.toolUseId),
      content: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    },
    media,
  };
}

function convertAssistant(blocks: readonly MessageBlock[], context: ConversionContext): ChatMessageParam[] {
  const { warnings } = context;
  const texts: string[] = [];
  const calls: ChatToolCallParam[] = [];
  for (const block of blocks) {
    warnOfCacheControl(block, warnings);
    switch (block.kind) {
      case 'text':
        texts.push(block.text);
        break;
      case 'tool_use':
        calls.push(convertToolUse(block, context));
        break;
      case 'thinking':
      case 'redacted_thinking':
        warnOfReasoning(block, warnings);
        break;
      case 'server_tool':
        warnings.drop(block.path, `only Anthropic can read ${block.type}`);
        break;
      default:
        throw invalidField(`${block.path}.type`, 'is not allowed in a message of the assistant');
    }
  }
  const text = texts.join('');
  if (text.trim() === '' && calls.length === 0) return [];
  return [
    {
      role: 'assistant',
      content: text.trim() === '' ? null : text,
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  ];
}

/** Unsigned reasoning came from a backend like this one, which never wants it back. */
function warnOfReasoning(block: ThinkingBlock | RedactedThinkingBlock, warnings: WarningCollector): void {
  const isUnsigned = block.kind === 'thinking' && block.signature === undefined;
  const reason = 'the backend does not take reasoning back';
  if (isUnsigned) warnings.change(block.path, reason);
  else warnings.drop(block.path, reason);
}

function convertToolUse(
  { id, name, input }: ToolUseBlock,
  { toolNames, convertToolId }: ConversionContext,
): ChatToolCallParam {
  return {
    id: convertToolId(id),
    type: 'function',
    function: { name: toolNames.toUpstream(name), arguments: encodeJson(input) },
  };
}
