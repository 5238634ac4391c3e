import type { AnswerEvent, Citation } from '../../../endpoints/answer-event.ts';
import { numberOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { MessageEvent } from '../../../schemas/anthropic/message-event.ts';
import { parseJsonDocument, type JsonObject } from '../../../wire/json-document.ts';
import type { AnswerContext } from './answer-context.ts';
import { outputToolName } from '../../../endpoints/chat-completions/choose-output-format.ts';
import { convertCitation } from './convert-citation.ts';
import { mapStopReason } from './map-stop-reason.ts';

/** What has been streamed so far. Takes the events of a message in their order; nothing else changes it. */
export interface StreamState {
  /** Events and blocks of unknown types add nothing. */
  accept(event: MessageEvent): AnswerEvent[];
}

/** One content block while it is open. */
interface OpenBlock {
  /** `output`: the tool that stands in for structured output; its input is the answer's text. */
  readonly kind: 'text' | 'thinking' | 'tool' | 'output' | 'other';
  /** Ordinal among the tool calls. */
  readonly toolIndex: number;
  readonly start: number;
  /** Input that came whole with the start of the block, in the model's own bytes. */
  readonly wholeInput: string;
  hasInput: boolean;
  thinking: string;
  signature: string;
  readonly citations: Citation[];
}

const utf8 = new TextEncoder();

class MessageStreamState implements StreamState {
  readonly #context: AnswerContext;
  readonly #blocks = new Map<number, OpenBlock>();
  #hasStarted = false;
  #toolCount = 0;
  #textLength = 0;
  #stopReason: string | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  accept(event: MessageEvent): AnswerEvent[] {
    switch (event.type) {
      case 'message_start':
        return this.#begin();
      case 'content_block_start':
        return [...this.#begin(), ...this.#startBlock(event)];
      case 'content_block_delta':
        return this.#continueBlock(event.value);
      case 'content_block_stop':
        return this.#stopBlock(event.value);
      case 'message_delta':
        this.#stopReason = stringOf(objectOf(event.value['delta'])?.['stop_reason']) ?? this.#stopReason;
        return [];
      case 'message_stop':
        return [...this.#begin(), ...this.#finish()];
      default:
        return [];
    }
  }

  #begin(): AnswerEvent[] {
    if (this.#hasStarted) return [];
    this.#hasStarted = true;
    return [{ kind: 'start' }];
  }

  #startBlock(event: MessageEvent): AnswerEvent[] {
    const content = objectOf(event.value['content_block']) ?? {};
    switch (content['type']) {
      case 'text':
        this.#open(event, 'text');
        return this.#text(stringOf(content['text']) ?? '');
      case 'thinking':
        return this.#startThinking(event, content);
      case 'redacted_thinking':
        return [closeRedacted(stringOf(content['data']) ?? '')];
      case 'tool_use':
        return this.#startTool(event, content);
      default:
        this.#open(event, 'other');
        return [];
    }
  }

  #startThinking(event: MessageEvent, content: JsonObject): AnswerEvent[] {
    const block = this.#open(event, 'thinking');
    block.signature = stringOf(content['signature']) ?? '';
    return addThinking(block, stringOf(content['thinking']) ?? '');
  }

  #startTool(event: MessageEvent, content: JsonObject): AnswerEvent[] {
    const name = stringOf(content['name']) ?? '';
    const wholeInput = readWholeInput(event.data, content);
    if (this.#context.usesOutputTool && name === outputToolName) {
      this.#open(event, 'output', wholeInput);
      return [];
    }
    const { toolIndex: index } = this.#open(event, 'tool', wholeInput);
    this.#toolCount++;
    const id = stringOf(content['id']) ?? '';
    return [{ kind: 'tool_call', index, id, name: this.#context.toolNames.toClient(name) }];
  }

  #open({ value }: MessageEvent, kind: OpenBlock['kind'], wholeInput = '{}'): OpenBlock {
    const block = {
      kind,
      toolIndex: this.#toolCount,
      start: this.#textLength,
      wholeInput,
      hasInput: false,
      thinking: '',
      signature: '',
      citations: [],
    };
    this.#blocks.set(indexOf(value), block);
    return block;
  }

  #continueBlock(value: JsonObject): AnswerEvent[] {
    const block = this.#blocks.get(indexOf(value));
    const delta = objectOf(value['delta']);
    if (!block || !delta) return [];
    switch (delta['type']) {
      case 'text_delta':
        return this.#text(stringOf(delta['text']) ?? '');
      case 'thinking_delta':
        return addThinking(block, stringOf(delta['thinking']) ?? '');
      case 'signature_delta':
        block.signature += stringOf(delta['signature']) ?? '';
        return [];
      case 'input_json_delta':
        return this.#input(block, stringOf(delta['partial_json']) ?? '');
      case 'citations_delta':
        this.#cite(block, delta);
        return [];
      default:
        return [];
    }
  }

  #text(text: string): AnswerEvent[] {
    this.#textLength += text.length;
    return text === '' ? [] : [{ kind: 'text', text }];
  }

  #input(block: OpenBlock, input: string): AnswerEvent[] {
    if (input === '') return [];
    block.hasInput = true;
    if (block.kind === 'output') return this.#text(input);
    if (block.kind !== 'tool') return [];
    return [{ kind: 'tool_input', index: block.toolIndex, text: input }];
  }

  #cite(block: OpenBlock, delta: JsonObject): void {
    const annotation = convertCitation(delta['citation'], { start: block.start, end: this.#textLength });
    if (annotation) block.citations.push(annotation);
  }

  #stopBlock(value: JsonObject): AnswerEvent[] {
    const block = this.#blocks.get(indexOf(value));
    this.#blocks.delete(indexOf(value));
    if (!block) return [];
    return [...this.#closeTool(block), ...closeThinking(block), ...this.#closeCitations(block)];
  }

  /** A call without arguments streams none, and clients cannot parse nothing. */
  #closeTool(block: OpenBlock): AnswerEvent[] {
    const rest = block.hasInput ? [] : this.#input(block, block.wholeInput);
    return block.kind === 'tool' ? [...rest, { kind: 'tool_end', index: block.toolIndex }] : rest;
  }

  #closeCitations({ citations }: OpenBlock): AnswerEvent[] {
    if (citations.length === 0) return [];
    const end = this.#textLength;
    return [{ kind: 'citations', citations: citations.map((citation) => ({ ...citation, end })) }];
  }

  #finish(): AnswerEvent[] {
    const reason = mapStopReason(this.#stopReason, this.#toolCount > 0);
    const isOutput = this.#context.usesOutputTool && reason === 'tool_calls' && this.#toolCount === 0;
    return [{ kind: 'finish', reason: isOutput ? 'stop' : reason }];
  }
}

function indexOf(value: JsonObject): number {
  return numberOf(value['index']) ?? 0;
}

/** Usually empty: the input follows in deltas. */
function readWholeInput(data: string, content: JsonObject): string {
  if (Object.keys(objectOf(content['input']) ?? {}).length === 0) return '{}';
  return parseJsonDocument(utf8.encode(data)).rawAt(['content_block', 'input']) ?? '{}';
}

/** Text is passed on as it comes; the whole block, with its signature, follows when it is complete. */
function addThinking(block: OpenBlock, text: string): AnswerEvent[] {
  block.thinking += text;
  return text === '' ? [] : [{ kind: 'reasoning', text }];
}

function closeThinking({ kind, thinking, signature }: OpenBlock): AnswerEvent[] {
  if (kind !== 'thinking') return [];
  const signed = signature === '' ? {} : { signature };
  return [{ kind: 'reasoning_end', block: { kind: 'thinking', text: thinking, ...signed } }];
}

function closeRedacted(data: string): AnswerEvent {
  return { kind: 'reasoning_end', block: { kind: 'redacted_thinking', data } };
}

/**
 * The state at the beginning of an answer.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function createStreamState(context: AnswerContext): StreamState {
  return new MessageStreamState(context);
}
