import type {
  ChatAnnotation,
  ChatCompletion,
  ChatCompletionMessage,
  ChatDelta,
  ChatFinishReason,
  ChatThinkingBlock,
  ChatToolCall,
} from '../../schemas/openai/chat-completion.ts';
import { encodeStreamError } from '../../upstream-error.ts';
import type { AnswerEvent, Citation, ReasoningBlock } from '../answer-event.ts';
import type { AnswerEncoder, AnswerFacts, AnswerIdentity } from '../conversation-api.ts';
import { asksForUsage } from './asks-for-usage.ts';
import { convertUsage } from './convert-usage.ts';
import { chatStreamEnd, createChatChunkEncoder } from './encode-chunk.ts';

/** Writes a streamed answer as chunks of a chat completion. */
export function createChatEncoder({ requestId, created, model, request }: AnswerIdentity): AnswerEncoder {
  const chunks = createChatChunkEncoder({ id: chatId(requestId), created, model });
  const includesUsage = asksForUsage(request);
  return {
    encode(event) {
      if (event.kind === 'finish') return chunks.finish(event.reason);
      const delta = convertEvent(event);
      return delta ? chunks.delta(delta) : '';
    },
    end({ usage, serviceTier }) {
      const isTold = includesUsage && usage !== undefined;
      return (isTold ? chunks.usage(convertUsage(usage), serviceTier) : '') + chatStreamEnd;
    },
    fail: (failure) => encodeStreamError('openai', failure),
  };
}

function chatId(requestId: string): string {
  return `chatcmpl-${requestId}`;
}

function convertEvent(event: Exclude<AnswerEvent, { kind: 'finish' }>): ChatDelta | undefined {
  switch (event.kind) {
    case 'start':
      return { role: 'assistant', content: '' };
    case 'text':
      return { content: event.text };
    case 'citations':
      return { annotations: event.citations.map(convertCitation) };
    case 'reasoning':
      return { reasoning_content: event.text };
    case 'reasoning_end':
      return { thinking_blocks: [convertReasoning(event.block)] };
    case 'tool_call': {
      const { index, id, name } = event;
      return { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] };
    }
    case 'tool_input':
      return { tool_calls: [{ index: event.index, function: { arguments: event.text } }] };
    case 'tool_end':
      return undefined;
  }
}

function convertCitation({ url, title, start, end }: Citation): ChatAnnotation {
  return { type: 'url_citation', url_citation: { url, title, start_index: start, end_index: end } };
}

function convertReasoning(block: ReasoningBlock): ChatThinkingBlock {
  if (block.kind === 'redacted_thinking') return { type: 'redacted_thinking', data: block.data };
  const { text, signature } = block;
  return { type: 'thinking', thinking: text, ...(signature !== undefined && { signature }) };
}

/** The chat completion of a whole answer, as JSON. */
export function encodeChatAnswer(
  events: readonly AnswerEvent[],
  { usage, serviceTier }: AnswerFacts,
  { requestId, created, model }: AnswerIdentity,
): string {
  const parts = createParts();
  for (const event of events) addEvent(parts, event);
  const completion: ChatCompletion = {
    id: chatId(requestId),
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, finish_reason: parts.reason, message: buildMessage(parts) }],
    ...(usage && { usage: convertUsage(usage) }),
    ...(serviceTier !== undefined && { service_tier: serviceTier }),
  };
  return JSON.stringify(completion);
}

interface AnswerParts {
  text: string | undefined;
  reasoning: string;
  reason: ChatFinishReason;
  readonly thinking: ChatThinkingBlock[];
  readonly toolCalls: (Pick<ChatToolCall, 'id'> & { readonly name: string; input: string })[];
  readonly annotations: ChatAnnotation[];
}

function createParts(): AnswerParts {
  return { text: undefined, reasoning: '', reason: 'stop', thinking: [], toolCalls: [], annotations: [] };
}

function addEvent(parts: AnswerParts, event: AnswerEvent): void {
  switch (event.kind) {
    case 'start':
    case 'tool_end':
      break;
    case 'text':
      parts.text = (parts.text ?? '') + event.text;
      break;
    case 'citations':
      parts.annotations.push(...event.citations.map(convertCitation));
      break;
    case 'reasoning':
      parts.reasoning += event.text;
      break;
    case 'reasoning_end':
      parts.thinking.push(convertReasoning(event.block));
      break;
    case 'tool_call':
      parts.toolCalls[event.index] = { id: event.id, name: event.name, input: '' };
      break;
    case 'tool_input':
      addInput(parts, event);
      break;
    case 'finish':
      parts.reason = event.reason;
      break;
  }
}

function addInput({ toolCalls }: AnswerParts, { index, text }: { index: number; text: string }): void {
  const call = toolCalls[index];
  if (call) call.input += text;
}

function buildMessage(parts: AnswerParts): ChatCompletionMessage {
  const { text, reasoning, thinking, annotations } = parts;
  const toolCalls = parts.toolCalls.map(({ id, name, input }): ChatToolCall => ({
    id,
    type: 'function',
    function: { name, arguments: input },
  }));
  return {
    role: 'assistant',
    content: text ?? (toolCalls.length > 0 ? null : ''),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(thinking.length > 0 && { thinking_blocks: thinking }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    ...(annotations.length > 0 && { annotations }),
  };
}
