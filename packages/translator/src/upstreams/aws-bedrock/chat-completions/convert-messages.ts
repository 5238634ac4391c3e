import { invalidField } from '../../../endpoints/json-fields.ts';
import type { ChatMessage, ChatPart, ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ContentBlock, SystemBlock } from '../../../schemas/bedrock/converse.ts';
import { convertCachePoint } from '../converse/cache-points.ts';
import type { ConverseConversation, MessageContext } from '../converse/conversion-context.ts';
import { finishTurns, type Turn } from '../converse/finish-turns.ts';
import { convertMaterial, convertPart } from './convert-content.ts';

/**
 * Converse wants turns that alternate and begin with the user, results of tools at the head of their turn, and no blank text.
 * @throws TranslationError `invalid_request` when no such conversation can be made.
 */
export function convertMessages(
  { messages, names }: Pick<ChatRequest, 'messages' | 'names'>,
  context: MessageContext,
): ConverseConversation {
  const system = messages.flatMap((message, index) =>
    message.role === 'system' ? convertSystem(message.parts, isLeading(messages, index), context) : [],
  );
  const turns = messages.flatMap((message) => convertMessage(message, context));
  return { system, messages: finishTurns(turns, names.messages) };
}

function isLeading(messages: readonly ChatMessage[], index: number): boolean {
  return messages.slice(0, index).every(({ role }) => role === 'system');
}

function convertSystem(parts: readonly ChatPart[], leading: boolean, context: MessageContext): SystemBlock[] {
  return parts.flatMap((part): SystemBlock[] => {
    if (part.kind !== 'text')
      throw invalidField(part.path, 'must be text: system messages take nothing else');
    if (part.text.trim() === '') return [];
    if (!leading)
      context.warnings.change(part.path, 'moved to the front: instructions cannot stand between turns');
    return [{ text: part.text }, ...convertCachePoint(part.cache, part.path, context)];
  });
}

function convertMessage(message: ChatMessage, context: MessageContext): Turn[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return [{ role: 'user', head: [], body: convertParts(message.parts, context), tail: [] }];
    case 'tool':
      return [{ role: 'user', head: convertToolResult(message, context), body: [], tail: [] }];
    case 'assistant':
      return [convertAssistant(message, context)];
  }
}

function convertParts(parts: readonly ChatPart[], context: MessageContext): ContentBlock[] {
  return parts.flatMap((part) => convertPart(part, context));
}

type MessageOf<Role extends ChatMessage['role']> = Extract<ChatMessage, { role: Role }>;

/** Reasoning, then text, then calls: the order in which the model itself writes. Messages in a row keep theirs. */
function convertAssistant({ parts, toolCalls }: MessageOf<'assistant'>, context: MessageContext): Turn {
  const isReasoning = ({ kind }: ChatPart): boolean => kind === 'thinking' || kind === 'redacted_thinking';
  const said = [...parts.filter(isReasoning), ...parts.filter((part) => !isReasoning(part))];
  const calls = toolCalls.flatMap(({ id, name, input, cache, path }) => [
    { toolUse: { toolUseId: context.convertToolId(id), name: context.toolNames.toUpstream(name), input } },
    ...convertCachePoint(cache, path, context),
  ]);
  return { role: 'assistant', head: [], body: [...convertParts(said, context), ...calls], tail: [] };
}

function convertToolResult(
  { parts, toolCallId, cache, path }: MessageOf<'tool'>,
  context: MessageContext,
): ContentBlock[] {
  const content = parts.flatMap((part) => {
    if (part.kind === 'audio')
      throw invalidField(part.path, 'is audio, which the result of a tool cannot be');
    if (part.kind !== 'thinking' && part.kind !== 'redacted_thinking') return convertMaterial(part, context);
    context.warnings.drop(part.path, 'the result of a tool cannot contain reasoning');
    return [];
  });
  const marker = cache ?? parts.findLast((part) => part.cache)?.cache;
  return [
    { toolResult: { toolUseId: context.convertToolId(toolCallId), content } },
    ...convertCachePoint(marker, path, context),
  ];
}
