import type {
  ItemStatus,
  ResponseAnnotation,
  ResponseFunctionCallItem,
  ResponseMessageItem,
  ResponseOutputItem,
  ResponseOutputText,
  ResponseReasoningItem,
} from '../../schemas/openai/response.ts';
import type { GrowingText } from './growing-text.ts';

interface ItemBase {
  readonly id: string;
  /** Its place in the response's `output`. */
  readonly outputIndex: number;
  status: ItemStatus;
}

/** Items of an answer while they grow. */
export interface MessageDraft extends ItemBase {
  readonly kind: 'message';
  /** Length of the text of the answer before this message. */
  readonly start: number;
  readonly text: GrowingText;
  readonly annotations: ResponseAnnotation[];
}

export interface ReasoningDraft extends ItemBase {
  readonly kind: 'reasoning';
  /** Where its text is told. */
  readonly place: 'summary' | 'content';
  readonly text: GrowingText;
  encrypted?: string | undefined;
}

export interface CallDraft extends ItemBase {
  readonly kind: 'call';
  readonly callId: string;
  readonly name: string;
  readonly input: GrowingText;
}

export type ItemDraft = MessageDraft | ReasoningDraft | CallDraft;

/** The item as it stands. */
export function buildItem(draft: ItemDraft): ResponseOutputItem {
  switch (draft.kind) {
    case 'message':
      return buildMessage(draft);
    case 'reasoning':
      return buildReasoning(draft);
    case 'call':
      return buildCall(draft);
  }
}

/** The one part of a message. */
export function buildText({ text, annotations }: MessageDraft): ResponseOutputText {
  return { type: 'output_text', text: text.read(), annotations, logprobs: [] };
}

function buildMessage(draft: MessageDraft): ResponseMessageItem {
  const { id, status } = draft;
  const content = draft.text.length === 0 ? [] : [buildText(draft)];
  return { id, type: 'message', status, role: 'assistant', content };
}

function buildReasoning(draft: ReasoningDraft): ResponseReasoningItem {
  const { id, status, place, encrypted } = draft;
  const text = draft.text.read();
  const hasText = text !== '';
  return {
    id,
    type: 'reasoning',
    status,
    summary: hasText && place === 'summary' ? [{ type: 'summary_text', text }] : [],
    ...(hasText && place === 'content' && { content: [{ type: 'reasoning_text', text }] }),
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
  };
}

function buildCall({ id, status, callId, name, input }: CallDraft): ResponseFunctionCallItem {
  return { id, type: 'function_call', status, call_id: callId, name, arguments: input.read() };
}
