import type { ChatCompletionChunk, ChatDelta } from '../schemas/openai/chat-completion.ts';

/** A streamed chat completion as a client reads it. */
export interface ChatStreamReading {
  readonly chunks: readonly ChatCompletionChunk[];
  /** What the chunks add, in order. */
  readonly deltas: readonly ChatDelta[];
  readonly finishReasons: readonly string[];
  /** The error event, when there is one. */
  readonly error: Readonly<Record<string, unknown>> | undefined;
  /** The stream ends in `[DONE]`. */
  readonly isDone: boolean;
}

/** Reads the `data:` lines of a stream. */
export function readChatStream(text: string): ChatStreamReading {
  const data = text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
  const values = data.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line) as object);
  const chunks = values.filter((value): value is ChatCompletionChunk => 'choices' in value);
  const failed = values.find((value): value is { error: Record<string, unknown> } => 'error' in value);
  const choices = chunks.flatMap((chunk) => chunk.choices);
  return {
    chunks,
    deltas: choices.map(({ delta }) => delta),
    finishReasons: choices.flatMap(({ finish_reason }) => (finish_reason === null ? [] : [finish_reason])),
    error: failed?.error,
    isDone: text.endsWith('data: [DONE]\n\n'),
  };
}
