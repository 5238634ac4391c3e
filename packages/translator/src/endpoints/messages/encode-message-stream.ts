import { encodeJson, type EncodableJson } from '../../wire/json-document.ts';
import { encodeSseEvent } from '../../wire/sse-encoder.ts';
import type { ClientMessageUsage } from './convert-usage.ts';

/** Why the model stopped, in Anthropic's words. */
export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded';

/** How an answer ended, in Anthropic's words. */
export interface MessageStop {
  readonly stopReason: StopReason;
  readonly stopSequence: string | null;
}

/** The end of a message. */
export interface MessageEnd extends MessageStop {
  readonly usage: ClientMessageUsage;
}

/** A block as its start shows it, and a piece of one. @see https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export type StartedBlock = { readonly type: string } & Readonly<Record<string, EncodableJson>>;
export type BlockDelta = { readonly type: string } & Readonly<Record<string, EncodableJson>>;

/**
 * Writes one message as server-sent events. At most one block is open at a time; indices rise by one,
 * and every block is started and stopped exactly once.
 */
export interface MessageStreamEncoder {
  /** The first event. Usage is not known yet, so it is always zero. */
  start(message: { readonly id: string; readonly model: string }): string;
  /** Closes the open block, if there is one, and opens another. */
  openBlock(block: StartedBlock): string;
  /** A piece of the open block. */
  delta(delta: BlockDelta): string;
  /** Nothing when no block is open. */
  closeBlock(): string;
  /** The last two events, after closing the open block. */
  end(end: MessageEnd): string;
}

class EventEncoder implements MessageStreamEncoder {
  #index = -1;
  #isOpen = false;

  start({ id, model }: { readonly id: string; readonly model: string }): string {
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 0, output_tokens: 0 },
    };
    return encode('message_start', { message });
  }

  openBlock(block: StartedBlock): string {
    const closed = this.closeBlock();
    this.#index++;
    this.#isOpen = true;
    return closed + encode('content_block_start', { index: this.#index, content_block: block });
  }

  delta(delta: BlockDelta): string {
    return encode('content_block_delta', { index: this.#index, delta });
  }

  closeBlock(): string {
    if (!this.#isOpen) return '';
    this.#isOpen = false;
    return encode('content_block_stop', { index: this.#index });
  }

  end({ stopReason, stopSequence, usage }: MessageEnd): string {
    const delta = { stop_reason: stopReason, stop_sequence: stopSequence };
    return this.closeBlock() + encode('message_delta', { delta, usage }) + encode('message_stop', {});
  }
}

function encode(type: string, members: Readonly<Record<string, EncodableJson>>): string {
  return encodeSseEvent({ event: type, data: encodeJson({ type, ...members }) });
}

/** An encoder at the beginning of a message. */
export function createMessageStreamEncoder(): MessageStreamEncoder {
  return new EventEncoder();
}
