import type { ClientMessageUsage } from '../../../endpoints/messages/convert-usage.ts';
import type { MessageStreamEncoder } from '../../../endpoints/messages/encode-message-stream.ts';
import { TranslationError } from '../../../errors.ts';
import { listOf, numberOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import { isJsonObject, type JsonObject } from '../../../wire/json-document.ts';
import type { AnswerContext } from './answer-context.ts';
import { toolUseId } from './convert-response.ts';
import { createJsonEndScanner, type JsonEndScanner } from './json-end.ts';
import { mapStopReason } from './map-stop-reason.ts';
import { readContent, readReasoning } from './read-delta.ts';

/** What has been streamed so far. Takes the choices of chunks in their order; nothing else changes it. */
export interface StreamState {
  /** True once the model has said why it stopped. */
  readonly isFinished: boolean;
  /** The events for one choice. @throws TranslationError for an order that no message can have. */
  accept(choice: JsonObject): string;
  /** Writes what waits, and the end of the message. */
  finish(usage: ClientMessageUsage): string;
}

interface Segment {
  /** What has come and is not written yet. */
  pending: string;
  pendingBytes: number;
  isOpen: boolean;
  isClosed: boolean;
}

interface TextSegment extends Segment {
  readonly kind: 'text' | 'thinking';
}

interface ToolSegment extends Segment {
  readonly kind: 'tool';
  readonly ordinal: number;
  readonly end: JsonEndScanner;
  id: string;
  name: string;
}

/** The bound of what waits for its turn and of what is remembered of calls, in bytes. */
const maxHeldBytes = 25 * 1024 * 1024;
/** What a call and a piece of text take in memory beside their characters of two bytes. */
const callBytes = 512;
const pieceBytes = 64;

/**
 * OpenAI's pieces may take turns, a message's blocks may not. So blocks are written in the order in which they began, and a
 * later one waits until the one before it is complete: text when something else begins, a call when its arguments end.
 */
class SegmentQueue implements StreamState {
  readonly #context: AnswerContext;
  readonly #encoder: MessageStreamEncoder;
  /** The first is the one that is written; closed ones are gone. */
  readonly #queue: (TextSegment | ToolSegment)[] = [];
  readonly #tools = new Map<number, ToolSegment>();
  #toolCount = 0;
  #heldBytes = 0;
  #isRefusal = false;
  #last: JsonObject = {};
  isFinished = false;

  constructor(context: AnswerContext, encoder: MessageStreamEncoder) {
    this.#context = context;
    this.#encoder = encoder;
  }

  accept(choice: JsonObject): string {
    const delta = objectOf(choice['delta']) ?? {};
    const refusal = stringOf(delta['refusal']) ?? '';
    this.#isRefusal ||= refusal !== '';
    this.#addText('thinking', readReasoning(delta));
    this.#addText('text', readContent(delta['content']) + refusal);
    for (const call of listOf(delta['tool_calls'])) if (isJsonObject(call)) this.#addCall(call);
    if (stringOf(choice['finish_reason'])) {
      this.#last = choice;
      this.isFinished = true;
    }
    return this.#write(false);
  }

  finish(usage: ClientMessageUsage): string {
    const { stopSequences } = this.#context;
    const stop = { stopSequences, hasToolUse: this.#toolCount > 0, isRefusal: this.#isRefusal };
    return this.#write(true) + this.#encoder.end({ ...mapStopReason(this.#last, stop), usage });
  }

  #addText(kind: TextSegment['kind'], text: string): void {
    if (text === '') return;
    let last = this.#queue.at(-1);
    if (last?.kind !== kind) {
      last = { kind, pending: '', pendingBytes: 0, isOpen: false, isClosed: false };
      this.#queue.push(last);
    }
    this.#hold(last, text);
  }

  #addCall(call: JsonObject): void {
    const tool = this.#findTool(call);
    const details = objectOf(call['function']) ?? {};
    tool.id ||= stringOf(call['id']) ?? '';
    tool.name ||= stringOf(details['name']) ?? '';
    const input = stringOf(details['arguments']) ?? '';
    const extra = tool.end.push(input);
    if (extra.trim() !== '') {
      throw new TranslationError(
        'upstream_error',
        'The provider sent more than one object as arguments of a tool',
      );
    }
    if (!tool.isClosed) this.#hold(tool, input);
  }

  /** Some servers give no index, or the same one to every call: then a new id is a new call. */
  #findTool(call: JsonObject): ToolSegment {
    const id = stringOf(call['id']) ?? '';
    const index = numberOf(call['index']) ?? Math.max(0, this.#toolCount - (id === '' ? 1 : 0));
    const known = this.#tools.get(index);
    if (known && (id === '' || known.id === '' || known.id === id)) return known;
    const tool: ToolSegment = {
      kind: 'tool',
      ordinal: this.#toolCount++,
      end: createJsonEndScanner(),
      id,
      name: '',
      pending: '',
      pendingBytes: 0,
      isOpen: false,
      isClosed: false,
    };
    this.#count(callBytes);
    this.#tools.set(index, tool);
    this.#queue.push(tool);
    return tool;
  }

  #hold(segment: Segment, text: string): void {
    const bytes = pieceBytes + 2 * text.length;
    segment.pending += text;
    segment.pendingBytes += bytes;
    this.#count(bytes);
  }

  #count(bytes: number): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes <= maxHeldBytes) return;
    throw new TranslationError(
      'upstream_error',
      `The provider sent more than ${maxHeldBytes} bytes of calls or out of order`,
    );
  }

  #write(isEnd: boolean): string {
    let written = '';
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      if (!isWritable(head, isEnd)) return written;
      if (!head.isOpen) written += this.#open(head);
      written += this.#flush(head);
      const isComplete = head.kind !== 'tool' || head.end.isComplete;
      if (!isEnd && (this.#queue.length === 1 || !isComplete)) return written;
      written += this.#encoder.closeBlock();
      head.isClosed = true;
      this.#queue.shift();
    }
    return written;
  }

  #open(segment: TextSegment | ToolSegment): string {
    segment.isOpen = true;
    switch (segment.kind) {
      case 'text':
        return this.#encoder.openBlock({ type: 'text', text: '' });
      case 'thinking':
        return this.#encoder.openBlock({ type: 'thinking', thinking: '', signature: '' });
      case 'tool': {
        const { toolNames, requestId } = this.#context;
        const id = segment.id || toolUseId(requestId, segment.ordinal);
        const name = toolNames.toClient(segment.name);
        return this.#encoder.openBlock({ type: 'tool_use', id, name, input: {} });
      }
    }
  }

  #flush(segment: TextSegment | ToolSegment): string {
    const { pending, kind } = segment;
    if (pending === '') return '';
    this.#heldBytes -= segment.pendingBytes;
    segment.pending = '';
    segment.pendingBytes = 0;
    switch (kind) {
      case 'text':
        return this.#encoder.delta({ type: 'text_delta', text: pending });
      case 'thinking':
        return this.#encoder.delta({ type: 'thinking_delta', thinking: pending });
      case 'tool':
        return this.#encoder.delta({ type: 'input_json_delta', partial_json: pending });
    }
  }
}

/** A call cannot begin before it has a name; its id may come late, and at the end one is made. */
function isWritable(segment: TextSegment | ToolSegment, isEnd: boolean): boolean {
  if (segment.kind !== 'tool') return true;
  if (isEnd && segment.name === '') {
    throw new TranslationError('upstream_error', 'The provider sent a call of a tool without a name');
  }
  return segment.name !== '' && (isEnd || segment.id !== '');
}

/** The state at the beginning of an answer. */
export function createStreamState(context: AnswerContext, encoder: MessageStreamEncoder): StreamState {
  return new SegmentQueue(context, encoder);
}
