import type { ChatMessage, ChatPart, ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import { invalidField } from '../../../endpoints/json-fields.ts';
import type {
  ContentBlockParam,
  MaterialBlockParam,
  MessageParam,
  TextBlockParam,
} from '../../../schemas/anthropic/message-request.ts';
import { convertCacheControl, type ConversionContext } from './conversion-context.ts';
import { convertMaterial, convertPart } from './convert-content.ts';

/** The conversation as the Messages API has it. */
export interface Conversation {
  readonly system: readonly TextBlockParam[];
  readonly messages: readonly MessageParam[];
}

/**
 * System messages go to the front, messages of one role in a row become one, results of tools stand first in theirs.
 * @throws TranslationError `invalid_request` when nothing is left to answer.
 */
export function convertMessages(
  { messages, names }: Pick<ChatRequest, 'messages' | 'names'>,
  context: ConversionContext,
): Conversation {
  const system = messages.flatMap((message, index) =>
    message.role === 'system' ? convertSystem(message.parts, isLeading(messages, index), context) : [],
  );
  const turns = mergeTurns(messages.flatMap((message) => convertMessage(message, context)));
  if (turns.length === 0) {
    throw invalidField(names.messages, 'contains nothing to answer: send a user message with content');
  }
  return { system, messages: trimPrefill(turns.map(dropRepeatedTools)) };
}

function isLeading(messages: readonly ChatMessage[], index: number): boolean {
  return messages.slice(0, index).every(({ role }) => role === 'system');
}

function convertSystem(
  parts: readonly ChatPart[],
  leading: boolean,
  context: ConversionContext,
): TextBlockParam[] {
  return parts.flatMap((part): TextBlockParam[] => {
    if (part.kind !== 'text')
      throw invalidField(part.path, 'must be text: system messages take nothing else');
    if (part.text.trim() === '') return [];
    if (!leading) context.warnings.change(part.path, 'moved to the front, into the system prompt');
    return [{ type: 'text', text: part.text, ...convertCacheControl(part.cache, part.path, context) }];
  });
}

function convertMessage(message: ChatMessage, context: ConversionContext): MessageParam[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return [{ role: 'user', content: convertParts(message.parts, context) }];
    case 'tool':
      return [{ role: 'user', content: [convertToolResult(message, context)] }];
    case 'assistant':
      return [{ role: 'assistant', content: convertAssistant(message, context) }];
  }
}

function convertParts(parts: readonly ChatPart[], context: ConversionContext): ContentBlockParam[] {
  return parts.flatMap((part) => convertPart(part, context));
}

type MessageOf<Role extends ChatMessage['role']> = Extract<ChatMessage, { role: Role }>;

/** Reasoning, then text, then calls: the order in which the model itself writes. */
function convertAssistant(
  { parts, toolCalls }: MessageOf<'assistant'>,
  context: ConversionContext,
): ContentBlockParam[] {
  const isReasoning = ({ kind }: ChatPart): boolean => kind === 'thinking' || kind === 'redacted_thinking';
  return [
    ...convertParts(parts.filter(isReasoning), context),
    ...convertParts(
      parts.filter((part) => !isReasoning(part)),
      context,
    ),
    ...toolCalls.map(({ id, name, input, cache, path }): ContentBlockParam => ({
      type: 'tool_use',
      id: context.convertToolId(id),
      name: context.toolNames.toUpstream(name),
      input,
      ...convertCacheControl(cache, path, context),
    })),
  ];
}

/** Whether a result is an error is not guessed from what it says. */
function convertToolResult(
  { parts, toolCallId, cache, path }: MessageOf<'tool'>,
  context: ConversionContext,
): ContentBlockParam {
  const content = parts.flatMap((part): MaterialBlockParam[] => {
    if (part.kind !== 'thinking' && part.kind !== 'redacted_thinking') return convertMaterial(part, context);
    context.warnings.drop(part.path, 'the result of a tool cannot contain reasoning');
    return [];
  });
  return {
    type: 'tool_result',
    tool_use_id: context.convertToolId(toolCallId),
    ...(content.length > 0 && { content }),
    ...convertCacheControl(cache, path, context),
  };
}

function mergeTurns(turns: readonly MessageParam[]): MessageParam[] {
  const merged: MessageParam[] = [];
  for (const turn of turns) {
    const last = merged.at(-1);
    if (turn.content.length === 0) continue;
    if (last?.role !== turn.role) merged.push(turn);
    else merged[merged.length - 1] = { role: turn.role, content: joinContent(last.content, turn.content) };
  }
  return merged;
}

function joinContent(
  first: readonly ContentBlockParam[],
  second: readonly ContentBlockParam[],
): ContentBlockParam[] {
  const isResult = ({ type }: ContentBlockParam): boolean => type === 'tool_result';
  const all = [...first, ...second];
  return [...all.filter(isResult), ...all.filter((block) => !isResult(block))];
}

/** Clients that replay a turn send calls or results twice; each id counts once. */
function dropRepeatedTools({ role, content }: MessageParam): MessageParam {
  const seen = new Set<string>();
  const isNew = (block: ContentBlockParam): boolean => {
    if (block.type !== 'tool_use' && block.type !== 'tool_result') return true;
    const id = block.type === 'tool_use' ? block.id : block.tool_use_id;
    const isFirst = !seen.has(id);
    seen.add(id);
    return isFirst;
  };
  return { role, content: content.filter(isNew) };
}

/** A last message of the assistant is the beginning of the answer; it may not end in white space. */
function trimPrefill(turns: readonly MessageParam[]): MessageParam[] {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== 'assistant' || block?.type !== 'text') return [...turns];
  const content = last.content.with(-1, { ...block, text: block.text.trimEnd() });
  return turns.with(-1, { role: 'assistant', content });
}
