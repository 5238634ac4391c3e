import type { Answer, AnswerBlock, AnswerStop, TokenUsage } from '../brain/conversation.ts';
import { splitJson, splitText } from '../brain/split-pieces.ts';
import type { JsonObject } from '../json.ts';
import { encodeDataEvent } from './openai-errors.ts';

/** What is the same in a completion and in all chunks of one stream. */
export interface CompletionIdentity {
  readonly id: string;
  readonly model: string;
  /** Unix time in seconds. */
  readonly created: number;
}

/** How a stream was asked for. */
export interface ChunkOptions {
  readonly choices: number;
  readonly includeUsage: boolean;
}

/** The last frames of a stream that has not been cut off: finish chunk and `[DONE]`, between them the usage if asked for. */
export function countClosingChunks(options: ChunkOptions): number {
  return options.choices + 1 + (options.includeUsage ? 1 : 0);
}

/** The body of a chat completion; `choices` times the same choice. */
export function buildChatCompletion(
  answer: Answer,
  identity: CompletionIdentity,
  choices: number,
): JsonObject {
  const choice = {
    message: buildMessage(answer.blocks),
    logprobs: null,
    finish_reason: mapFinish(answer.stop),
  };
  return {
    id: identity.id,
    object: 'chat.completion',
    created: identity.created,
    model: identity.model,
    choices: Array.from({ length: choices }, (_, index) => ({ index, ...choice })),
    usage: buildUsage(answer.usage, choices),
    service_tier: 'default',
    system_fingerprint: 'fp_mock',
  };
}

/** The server-sent events of a streamed chat completion. */
export function encodeChatChunks(
  answer: Answer,
  identity: CompletionIdentity,
  options: ChunkOptions,
): Buffer[] {
  const head = {
    id: identity.id,
    object: 'chat.completion.chunk',
    created: identity.created,
    model: identity.model,
  };
  const usage = options.includeUsage ? { usage: null } : {};
  const indexes = Array.from({ length: options.choices }, (_, index) => index);
  const chunk = (index: number, delta: JsonObject, finish: string | null): Buffer =>
    encodeDataEvent({
      ...head,
      choices: [{ index, delta, logprobs: null, finish_reason: finish }],
      ...usage,
    });
  return [
    ...indexes.flatMap((index) => [
      chunk(index, { role: 'assistant', content: '', refusal: null }, null),
      ...buildDeltas(answer.blocks).map((delta) => chunk(index, delta, null)),
    ]),
    ...indexes.map((index) => chunk(index, {}, mapFinish(answer.stop))),
    ...(options.includeUsage
      ? [encodeDataEvent({ ...head, choices: [], usage: buildUsage(answer.usage, options.choices) })]
      : []),
    Buffer.from('data: [DONE]\n\n'),
  ];
}

function toolCallsOf(blocks: readonly AnswerBlock[]): Extract<AnswerBlock, { kind: 'tool-use' }>[] {
  return blocks.filter((block) => block.kind === 'tool-use');
}

function buildMessage(blocks: readonly AnswerBlock[]): JsonObject {
  const text = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('');
  const calls = toolCallsOf(blocks).map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }));
  return {
    role: 'assistant',
    content: calls.length > 0 ? null : text,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    refusal: null,
    annotations: [],
  };
}

function buildDeltas(blocks: readonly AnswerBlock[]): JsonObject[] {
  const text = blocks.flatMap((block) => (block.kind === 'text' ? splitText(block.text) : []));
  const calls = toolCallsOf(blocks).flatMap(({ id, name, input }, index) => [
    { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
    ...splitJson(JSON.stringify(input)).map((piece) => ({
      tool_calls: [{ index, function: { arguments: piece } }],
    })),
  ]);
  return [...text.map((content) => ({ content })), ...calls];
}

function mapFinish(stop: AnswerStop): string {
  switch (stop.reason) {
    case 'end':
    case 'stop-sequence':
      return 'stop';
    case 'max-tokens':
      return 'length';
    case 'tool-use':
      return 'tool_calls';
  }
}

function buildUsage(usage: TokenUsage, choices: number): JsonObject {
  const completion = usage.outputTokens * choices;
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: completion,
    total_tokens: usage.inputTokens + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
