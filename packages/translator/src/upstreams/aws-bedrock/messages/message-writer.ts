import {
  createMessageStreamEncoder,
  type BlockDelta,
  type MessageStop,
  type MessageStreamEncoder,
  type StartedBlock,
} from '../../../endpoints/messages/encode-message-stream.ts';
import { TranslationError } from '../../../errors.ts';
import { numberOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { TokenUsage } from '../../../usage.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import { outputToolName } from '../../../endpoints/chat-completions/choose-output-format.ts';
import { mapUsage } from '../converse/map-usage.ts';
import { readThinkingTokens } from '../converse/response-fields.ts';
import type { ConverseEventWriter } from '../converse/translate-events.ts';
import { maxFrameBytes } from '../converse/converse-events.ts';
import type { AnswerContext } from './answer-context.ts';
import { convertCitation } from './convert-citation.ts';
import { convertUsage } from './convert-usage.ts';
import { mapStopReason } from './map-stop-reason.ts';

type BlockKind = 'text' | 'thinking' | 'redacted_thinking' | 'tool_use';

/** One block between its first event and its last. */
interface Block {
  readonly kind: BlockKind;
  /** As the client sees it first; of redacted thinking, that is when it is complete. */
  readonly start: StartedBlock;
  /** Deltas that wait for the blocks before to be complete. */
  readonly waiting: BlockDelta[];
  isOpen: boolean;
  isComplete: boolean;
  /** Clients take the last piece of a signature for the whole one, so it is written in one. */
  signature: string;
  redacted: string;
}

/**
 * Converse announces only tools, and its blocks may take turns; a message's blocks may not, and each needs its start.
 * So blocks are written in the order in which they began: the first of the queue at once, the others when it is complete.
 */
class MessageWriter implements ConverseEventWriter {
  usage: TokenUsage | undefined;
  readonly #context: AnswerContext;
  readonly #encoder: MessageStreamEncoder = createMessageStreamEncoder();
  readonly #queue: Block[] = [];
  /** By Converse's index, those that may still grow. */
  readonly #growing = new Map<number, Block>();
  #hasStarted = false;
  #hasToolUse = false;
  #waitingLength = 0;
  #stop: MessageStop | undefined;
  #thinkingTokens: number | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  get isFinished(): boolean {
    return this.#stop !== undefined;
  }

  get model(): string | undefined {
    return this.#hasStarted ? this.#context.upstreamModel : undefined;
  }

  write(type: string, event: JsonObject): string {
    switch (type) {
      case 'messageStart':
        return this.#begin();
      case 'contentBlockStart':
        return this.#begin() + this.#startTool(event);
      case 'contentBlockDelta':
        return this.#begin() + this.#continue(indexOf(event), objectOf(event['delta']) ?? {});
      case 'contentBlockStop':
        this.#complete(indexOf(event));
        return this.#advance();
      case 'messageStop':
        return this.#begin() + this.#close(event);
      case 'metadata':
        this.usage = mapUsage(event['usage'], this.#thinkingTokens) ?? this.usage;
        return '';
      default:
        return '';
    }
  }

  finish(): string {
    const stop = this.#stop ?? mapStopReason({}, this.#hasToolUse, this.#context);
    return this.#encoder.end({ ...stop, usage: convertUsage(this.usage) });
  }

  #begin(): string {
    if (this.#hasStarted) return '';
    this.#hasStarted = true;
    return this.#encoder.start(this.#context);
  }

  #startTool(event: JsonObject): string {
    const toolUse = objectOf(objectOf(event['start'])?.['toolUse']);
    if (!toolUse || toolUse['type'] === 'server_tool_use') return '';
    const name = stringOf(toolUse['name']) ?? '';
    const { usesOutputTool, toolNames } = this.#context;
    // The tool that stands in for structured output: its input is the answer's text.
    if (usesOutputTool && name === outputToolName) {
      this.#open(indexOf(event), 'text');
      return this.#advance();
    }
    this.#hasToolUse = true;
    const id = stringOf(toolUse['toolUseId']) ?? '';
    this.#open(indexOf(event), 'tool_use', {
      type: 'tool_use',
      id,
      name: toolNames.toClient(name),
      input: {},
    });
    return this.#advance();
  }

  #continue(index: number, delta: JsonObject): string {
    const input = stringOf(objectOf(delta['toolUse'])?.['input']);
    if (input !== undefined) return this.#addInput(index, input);
    const reasoning = objectOf(delta['reasoningContent']);
    if (reasoning) return this.#addReasoning(index, reasoning);
    const text = stringOf(delta['text']) ?? '';
    if (text !== '') return this.#add(index, 'text', { type: 'text_delta', text });
    const citation = convertCitation(delta['citation']);
    return citation ? this.#add(index, 'text', { type: 'citations_delta', citation }) : '';
  }

  #addInput(index: number, input: string): string {
    const block = this.#growing.get(index);
    if (!block || input === '') return '';
    const delta: BlockDelta =
      block.kind === 'tool_use'
        ? { type: 'input_json_delta', partial_json: input }
        : { type: 'text_delta', text: input };
    return this.#add(index, block.kind, delta);
  }

  #addReasoning(index: number, reasoning: JsonObject): string {
    const redacted = stringOf(reasoning['redactedContent']) ?? '';
    if (redacted !== '') {
      this.#blockAt(index, 'redacted_thinking').redacted += redacted;
      return this.#advance();
    }
    const signature = stringOf(reasoning['signature']) ?? '';
    if (signature !== '') this.#blockAt(index, 'thinking').signature += signature;
    const thinking = stringOf(reasoning['text']) ?? '';
    if (thinking !== '') return this.#add(index, 'thinking', { type: 'thinking_delta', thinking });
    return this.#advance();
  }

  #add(index: number, kind: BlockKind, delta: BlockDelta): string {
    const block = this.#blockAt(index, kind);
    const written = this.#advance();
    if (block.isOpen) return written + this.#encoder.delta(delta);
    this.#waitingLength += JSON.stringify(delta).length;
    if (this.#waitingLength > maxFrameBytes) {
      throw new TranslationError('upstream_error', 'The provider left a block open for too long');
    }
    block.waiting.push(delta);
    return written;
  }

  /** Blocks other than tools begin with their first delta. */
  #blockAt(index: number, kind: BlockKind): Block {
    const known = this.#growing.get(index);
    return known?.kind === kind ? known : this.#open(index, kind);
  }

  #open(index: number, kind: BlockKind, start: StartedBlock = emptyBlocks[kind]): Block {
    this.#complete(index);
    // Of blocks that nobody closes, only the input of tools can come in turns.
    for (const [other, block] of this.#growing) if (block.kind !== 'tool_use') this.#complete(other);
    const block = { kind, start, waiting: [], isOpen: false, isComplete: false, signature: '', redacted: '' };
    this.#queue.push(block);
    this.#growing.set(index, block);
    return block;
  }

  #complete(index: number): void {
    const block = this.#growing.get(index);
    if (!block) return;
    block.isComplete = true;
    this.#growing.delete(index);
  }

  /** Writes all that can be written. */
  #advance(): string {
    let text = '';
    for (let block = this.#queue[0]; block; block = this.#queue[0]) {
      if (!block.isOpen && !(block.kind === 'redacted_thinking' && !block.isComplete))
        text += this.#writeBlock(block);
      if (!block.isComplete) break;
      if (block.signature !== '') {
        text += this.#encoder.delta({ type: 'signature_delta', signature: block.signature });
      }
      text += this.#encoder.closeBlock();
      this.#queue.shift();
    }
    return text;
  }

  #writeBlock(block: Block): string {
    const { kind, start, waiting, redacted } = block;
    block.isOpen = true;
    const begun = this.#encoder.openBlock(
      kind === 'redacted_thinking' ? { ...start, data: redacted } : start,
    );
    return begun + waiting.map((delta) => this.#encoder.delta(delta)).join('');
  }

  #close(event: JsonObject): string {
    for (const index of [...this.#growing.keys()]) this.#complete(index);
    this.#stop = mapStopReason(event, this.#hasToolUse, this.#context);
    this.#thinkingTokens = readThinkingTokens(event);
    return this.#advance();
  }
}

const emptyBlocks: Readonly<Record<BlockKind, StartedBlock>> = {
  text: { type: 'text', text: '' },
  thinking: { type: 'thinking', thinking: '', signature: '' },
  redacted_thinking: { type: 'redacted_thinking', data: '' },
  tool_use: { type: 'tool_use', id: '', name: '', input: {} },
};

function indexOf(event: JsonObject): number {
  return numberOf(event['contentBlockIndex']) ?? 0;
}

/**
 * A writer that is at the beginning of its message. The message's last two events wait for the end.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function createMessageWriter(context: AnswerContext): ConverseEventWriter {
  return new MessageWriter(context);
}
