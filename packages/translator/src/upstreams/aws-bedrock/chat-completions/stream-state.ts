import type { AnswerEvent, Citation } from '../../../endpoints/answer-event.ts';
import { numberOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { TokenUsage } from '../../../usage.ts';
import type { JsonObject } from '../../../wire/json-document.ts';
import type { AnswerContext } from './answer-context.ts';
import { outputToolName } from '../../../endpoints/chat-completions/choose-output-format.ts';
import { convertCitation } from './convert-citation.ts';
import { mapStopReason } from './map-stop-reason.ts';
import { mapUsage } from '../converse/map-usage.ts';
import { readThinkingTokens } from '../converse/response-fields.ts';

/** One content block while it is open. Bedrock announces only tools; other blocks begin with their first delta. */
interface OpenBlock {
  readonly start: number;
  /** Ordinal among the tool calls; undefined for other blocks. */
  readonly toolIndex?: number;
  /** The tool that stands in for structured output: its input is the answer's text. */
  readonly isOutput?: true;
  hasInput: boolean;
  thinking: string;
  signature: string;
  redacted: string;
  readonly citations: Citation[];
}

/** What has been streamed so far. Takes events in the order of the wire; nothing else changes it. */
export interface StreamState {
  /** Known once the metadata event has come. */
  readonly usage: TokenUsage | undefined;
  readonly serviceTier: string | undefined;
  /** True after `messageStop`: the answer is complete. */
  readonly isFinished: boolean;
  /** Events of unknown types add nothing. */
  accept(type: string, event: JsonObject): AnswerEvent[];
}

class ConverseStreamState implements StreamState {
  usage: TokenUsage | undefined;
  serviceTier: string | undefined;
  isFinished = false;
  readonly #context: AnswerContext;
  readonly #blocks = new Map<number, OpenBlock>();
  #hasStarted = false;
  #toolCount = 0;
  #textLength = 0;
  #thinkingTokens: number | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  accept(type: string, event: JsonObject): AnswerEvent[] {
    switch (type) {
      case 'messageStart':
        return this.#begin();
      case 'contentBlockStart':
        return [...this.#begin(), ...this.#startBlock(event)];
      case 'contentBlockDelta':
        return [...this.#begin(), ...this.#continueBlock(event)];
      case 'contentBlockStop':
        return this.#stopBlock(event);
      case 'messageStop':
        return [...this.#begin(), ...this.#finish(event)];
      case 'metadata':
        this.#readMetadata(event);
        return [];
      default:
        return [];
    }
  }

  #begin(): AnswerEvent[] {
    if (this.#hasStarted) return [];
    this.#hasStarted = true;
    return [{ kind: 'start' }];
  }

  #startBlock(event: JsonObject): AnswerEvent[] {
    const toolUse = objectOf(objectOf(event['start'])?.['toolUse']);
    if (!toolUse || toolUse['type'] === 'server_tool_use') return [];
    const name = stringOf(toolUse['name']) ?? '';
    if (this.#context.usesOutputTool && name === outputToolName) {
      this.#open(event, { isOutput: true });
      return [];
    }
    const index = this.#toolCount++;
    this.#open(event, { toolIndex: index });
    const id = stringOf(toolUse['toolUseId']) ?? '';
    return [{ kind: 'tool_call', index, id, name: this.#context.toolNames.toClient(name) }];
  }

  #open(event: JsonObject, kind: Pick<OpenBlock, 'toolIndex' | 'isOutput'>): OpenBlock {
    const start = this.#textLength;
    const block = {
      ...kind,
      start,
      hasInput: false,
      thinking: '',
      signature: '',
      redacted: '',
      citations: [],
    };
    this.#blocks.set(indexOf(event), block);
    return block;
  }

  #continueBlock(event: JsonObject): AnswerEvent[] {
    const delta = objectOf(event['delta']);
    if (!delta) return [];
    const block = this.#blocks.get(indexOf(event)) ?? this.#open(event, {});
    const text = stringOf(delta['text']);
    if (text !== undefined) return this.#text(text);
    const input = stringOf(objectOf(delta['toolUse'])?.['input']);
    if (input !== undefined) return this.#toolInput(block, input);
    const reasoning = objectOf(delta['reasoningContent']);
    if (reasoning) return continueReasoning(block, reasoning);
    const citation = convertCitation(delta['citation'], { start: block.start, end: this.#textLength });
    if (citation) block.citations.push(citation);
    return [];
  }

  #text(text: string): AnswerEvent[] {
    this.#textLength += text.length;
    return text === '' ? [] : [{ kind: 'text', text }];
  }

  #toolInput(block: OpenBlock, input: string): AnswerEvent[] {
    if (input === '') return [];
    block.hasInput = true;
    if (block.isOutput) return this.#text(input);
    if (block.toolIndex === undefined) return [];
    return [{ kind: 'tool_input', index: block.toolIndex, text: input }];
  }

  #stopBlock(event: JsonObject): AnswerEvent[] {
    const index = indexOf(event);
    const block = this.#blocks.get(index);
    this.#blocks.delete(index);
    if (!block) return [];
    return [...this.#closeTool(block), ...closeReasoning(block), ...this.#closeCitations(block)];
  }

  /** A call without arguments streams none, and clients cannot parse nothing. */
  #closeTool(block: OpenBlock): AnswerEvent[] {
    const rest = block.hasInput ? [] : this.#toolInput(block, '{}');
    return block.toolIndex === undefined ? rest : [...rest, { kind: 'tool_end', index: block.toolIndex }];
  }

  #closeCitations({ citations }: OpenBlock): AnswerEvent[] {
    if (citations.length === 0) return [];
    const end = this.#textLength;
    return [{ kind: 'citations', citations: citations.map((citation) => ({ ...citation, end })) }];
  }

  #finish(event: JsonObject): AnswerEvent[] {
    this.isFinished = true;
    this.#thinkingTokens = readThinkingTokens(event);
    const reason = mapStopReason(stringOf(event['stopReason']), this.#toolCount > 0);
    const isOutput = this.#context.usesOutputTool && reason === 'tool_calls' && this.#toolCount === 0;
    return [{ kind: 'finish', reason: isOutput ? 'stop' : reason }];
  }

  #readMetadata(event: JsonObject): void {
    this.usage = mapUsage(event['usage'], this.#thinkingTokens) ?? this.usage;
    this.serviceTier = stringOf(objectOf(event['serviceTier'])?.['type']) ?? this.serviceTier;
  }
}

function indexOf(event: JsonObject): number {
  return numberOf(event['contentBlockIndex']) ?? 0;
}

/** Text is passed on as it comes; the whole block, with its signature, follows when it is complete. */
function continueReasoning(block: OpenBlock, reasoning: JsonObject): AnswerEvent[] {
  const text = stringOf(reasoning['text']) ?? '';
  block.thinking += text;
  block.signature += stringOf(reasoning['signature']) ?? '';
  block.redacted += stringOf(reasoning['redactedContent']) ?? '';
  return text === '' ? [] : [{ kind: 'reasoning', text }];
}

function closeReasoning({ thinking, signature, redacted }: OpenBlock): AnswerEvent[] {
  if (redacted !== '')
    return [{ kind: 'reasoning_end', block: { kind: 'redacted_thinking', data: redacted } }];
  if (thinking === '' && signature === '') return [];
  const signed = signature === '' ? {} : { signature };
  return [{ kind: 'reasoning_end', block: { kind: 'thinking', text: thinking, ...signed } }];
}

/**
 * The state at the beginning of an answer.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function createStreamState(context: AnswerContext): StreamState {
  return new ConverseStreamState(context);
}
