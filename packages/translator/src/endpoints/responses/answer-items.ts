import { TranslationError } from '../../errors.ts';
import type { ResponseOutputItem } from '../../schemas/openai/response.ts';
import type { AnswerEvent, Citation, ReasoningBlock } from '../answer-event.ts';
import { encodeReasoning } from './encrypted-reasoning.ts';
import type { ResponseEventWriter } from './event-writer.ts';
import { createGrowingText } from './growing-text.ts';
import {
  buildItem,
  buildText,
  type CallDraft,
  type ItemDraft,
  type MessageDraft,
  type ReasoningDraft,
} from './output-items.ts';
import { writeReasoning } from './write-reasoning.ts';

/** The bound of one answer, which a response repeats whole at its end, in characters of two bytes: 24 MiB. */
const maxAnswerLength = 12 * 1024 * 1024;
/** What an item or annotation takes beside its text, in characters. */
const objectLength = 256;

type EndStatus = 'completed' | 'incomplete';
type EventOf<Kind extends AnswerEvent['kind']> = Extract<AnswerEvent, { kind: Kind }>;

/**
 * The items of one answer, as they grow; each step returns its events. A message or a block of reasoning is open until
 * something else begins, a call until it ends: calls may take turns.
 */
export class AnswerItems {
  readonly #requestId: string;
  readonly #place: ReasoningDraft['place'];
  readonly #writer: ResponseEventWriter;
  readonly #items: ItemDraft[] = [];
  readonly #calls = new Map<number, CallDraft>();
  #message: MessageDraft | undefined;
  #reasoning: ReasoningDraft | undefined;
  #textLength = 0;
  #answerLength = 0;

  constructor(requestId: string, place: ReasoningDraft['place'], writer: ResponseEventWriter) {
    this.#requestId = requestId;
    this.#place = place;
    this.#writer = writer;
  }

  /** The items so far. */
  build(): ResponseOutputItem[] {
    return this.#items.map(buildItem);
  }

  addText(text: string): string {
    if (text === '') return '';
    const { opened, message } = this.#openMessage();
    this.#grow(text.length);
    this.#textLength += text.length;
    message.text.append(text);
    return (
      opened +
      this.#writer.part(message, 'output_text.delta', { content_index: 0, delta: text, logprobs: [] })
    );
  }

  /** Sources come before anything else follows their text, while its message is open. */
  cite({ url, title, start, end }: Citation): string {
    const message = this.#message;
    if (!message) return '';
    const start_index = Math.max(start - message.start, 0);
    const end_index = Math.max(end - message.start, 0);
    const annotation = { type: 'url_citation', url, title, start_index, end_index } as const;
    this.#grow(objectLength + url.length + title.length);
    const annotation_index = message.annotations.push(annotation) - 1;
    const fields = { content_index: 0, annotation_index, annotation };
    return this.#writer.part(message, 'output_text.annotation.added', fields);
  }

  addReasoning(text: string): string {
    if (text === '') return '';
    const { opened, reasoning } = this.#openReasoning();
    const begun =
      reasoning.text.length === 0 ? writeReasoning(this.#writer, reasoning, 'part.added', '') : '';
    this.#grow(text.length);
    reasoning.text.append(text);
    return opened + begun + writeReasoning(this.#writer, reasoning, 'text.delta', text);
  }

  endReasoning(block: ReasoningBlock): string {
    const { opened, reasoning } = this.#openReasoning();
    reasoning.encrypted = encodeReasoning(block);
    return opened + this.#closeReasoning('completed');
  }

  startCall({ index, id, name }: EventOf<'tool_call'>): string {
    const closed = this.#closeMessage('completed') + this.#closeReasoning('completed');
    const base = this.#newItem('fc');
    const call: CallDraft = {
      ...base,
      kind: 'call',
      callId: id === '' ? base.id : id,
      name,
      input: createGrowingText(),
    };
    this.#calls.set(index, call);
    return closed + this.#add(call);
  }

  addInput({ index, text }: EventOf<'tool_input'>): string {
    const call = this.#calls.get(index);
    if (!call) return '';
    this.#grow(text.length);
    call.input.append(text);
    return this.#writer.part(call, 'function_call_arguments.delta', { delta: text });
  }

  endCall(index: number, status: EndStatus = 'completed'): string {
    const call = this.#calls.get(index);
    if (!call) return '';
    this.#calls.delete(index);
    const { input, name } = call;
    const fields = { name, arguments: input.read() };
    const done = this.#writer.part(call, 'function_call_arguments.done', fields);
    return done + this.#finish(call, status);
  }

  /** Leaves what is still open as it is: clients act on items that are done. */
  abandon(): void {
    for (const item of this.#items) {
      if (item.status === 'in_progress') item.status = 'incomplete';
    }
  }

  /** Ends what is still open. */
  close(status: EndStatus): string {
    const calls = [...this.#calls.keys()].map((index) => this.endCall(index, status));
    return this.#closeReasoning(status) + this.#closeMessage(status) + calls.join('');
  }

  #openMessage(): { readonly opened: string; readonly message: MessageDraft } {
    if (this.#message) return { opened: '', message: this.#message };
    const closed = this.#closeReasoning('completed');
    const base = this.#newItem('msg');
    const message: MessageDraft = {
      ...base,
      kind: 'message',
      start: this.#textLength,
      text: createGrowingText(),
      annotations: [],
    };
    this.#message = message;
    const part = { content_index: 0, part: buildText(message) };
    const opened = closed + this.#add(message) + this.#writer.part(message, 'content_part.added', part);
    return { opened, message };
  }

  #closeMessage(status: EndStatus): string {
    const message = this.#message;
    if (!message) return '';
    this.#message = undefined;
    const text = message.text.read();
    return (
      this.#writer.part(message, 'output_text.done', { content_index: 0, text, logprobs: [] }) +
      this.#writer.part(message, 'content_part.done', { content_index: 0, part: buildText(message) }) +
      this.#finish(message, status)
    );
  }

  #openReasoning(): { readonly opened: string; readonly reasoning: ReasoningDraft } {
    if (this.#reasoning) return { opened: '', reasoning: this.#reasoning };
    const closed = this.#closeMessage('completed');
    const base = this.#newItem('rs');
    const reasoning: ReasoningDraft = {
      ...base,
      kind: 'reasoning',
      place: this.#place,
      text: createGrowingText(),
    };
    this.#reasoning = reasoning;
    return { opened: closed + this.#add(reasoning), reasoning };
  }

  #closeReasoning(status: EndStatus): string {
    const reasoning = this.#reasoning;
    if (!reasoning) return '';
    this.#reasoning = undefined;
    const text = reasoning.text.read();
    const told =
      text === ''
        ? ''
        : writeReasoning(this.#writer, reasoning, 'text.done', text) +
          writeReasoning(this.#writer, reasoning, 'part.done', text);
    return told + this.#finish(reasoning, status);
  }

  #newItem(prefix: string): Pick<ItemDraft, 'id' | 'outputIndex' | 'status'> {
    const outputIndex = this.#items.length;
    return { id: `${prefix}_${this.#requestId}_${outputIndex}`, outputIndex, status: 'in_progress' };
  }

  #add(draft: ItemDraft): string {
    this.#grow(objectLength);
    this.#items.push(draft);
    return this.#writer.item(draft, 'output_item.added');
  }

  #finish(draft: ItemDraft, status: EndStatus): string {
    draft.status = status;
    return this.#writer.item(draft, 'output_item.done');
  }

  #grow(length: number): void {
    this.#answerLength += length;
    if (this.#answerLength <= maxAnswerLength) return;
    throw new TranslationError(
      'upstream_error',
      `The provider's answer is longer than ${maxAnswerLength} characters`,
    );
  }
}
