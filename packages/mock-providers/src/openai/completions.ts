import type { Answer, Conversation } from '../brain/conversation.ts';
import { countPromptTokens } from '../brain/count-tokens.ts';
import { splitText } from '../brain/split-pieces.ts';
import { elementsOf, numberOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { CompletionIdentity } from './build-chat-completion.ts';
import { encodeDataEvent } from './openai-errors.ts';
import { findUnknownMember, invalidValue } from './openai-problem.ts';
import type { OpenAiProblem } from './openai-problem.ts';

const known = new Set(
  'model prompt suffix max_tokens temperature top_p n stream stream_options logprobs echo stop presence_penalty frequency_penalty best_of logit_bias user seed'.split(
    ' ',
  ),
);
const defaultMaxTokens = 16;

/** Finds what OpenAI refuses in a request for a completion of plain text. */
export function validateCompletion(body: JsonObject): OpenAiProblem | undefined {
  const { prompt = '', max_tokens: most = 1, stream, stream_options: options } = body;
  const isPrompt = typeof prompt === 'string' || elementsOf(prompt).some((part) => typeof part === 'string');
  if (!isPrompt) return invalidValue('prompt', 'a string or an array of strings');
  if (!Number.isInteger(most) || Number(most) < 0) return invalidValue('max_tokens', 'an integer from 0 on');
  if (options && stream !== true) return invalidValue('stream_options', "'stream' to be enabled");
  return findUnknownMember(body, known);
}

/** The prompt as the turn of a user. */
export function readCompletionPrompt(body: JsonObject): Conversation {
  const { prompt = '', stop } = body;
  const text = stringOf(prompt) ?? elementsOf(prompt).map(String).join('\n');
  return {
    system: '',
    turns: [{ role: 'user', parts: [{ kind: 'text', text }] }],
    tools: [],
    toolChoice: { kind: 'none' },
    parallelTools: false,
    maxTokens: numberOf(body['max_tokens']) ?? defaultMaxTokens,
    stopSequences: typeof stop === 'string' ? [stop] : elementsOf(stop).map(String),
    thinking: false,
    jsonSchema: undefined,
    segments: [{ tokens: countPromptTokens(text), content: text }],
  };
}

function describe({ blocks, stop, usage }: Answer): { text: string; finish: string; usage: JsonObject } {
  const text = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('');
  return {
    text,
    finish: stop.reason === 'max-tokens' ? 'length' : 'stop',
    usage: {
      prompt_tokens: usage.inputTokens,
      completion_tokens: usage.outputTokens,
      total_tokens: usage.inputTokens + usage.outputTokens,
    },
  };
}

/** The body of a completion. */
export function buildCompletion(answer: Answer, identity: CompletionIdentity): JsonObject {
  const { text, finish, usage } = describe(answer);
  const choices = [{ text, index: 0, logprobs: null, finish_reason: finish }];
  return { ...identity, object: 'text_completion', choices, usage };
}

/** The server-sent events of a streamed completion; the last are the finish, the usage if asked for, and `[DONE]`. */
export function encodeCompletionChunks(
  answer: Answer,
  identity: CompletionIdentity,
  body: JsonObject,
): Buffer[] {
  const { text, finish, usage } = describe(answer);
  const wantsUsage = objectOf(body['stream_options'])['include_usage'] === true;
  const chunk = (choices: readonly JsonObject[], fields: JsonObject = {}): Buffer =>
    encodeDataEvent({ ...identity, object: 'text_completion', choices, ...fields });
  const piece = (part: string, reason: string | null): Buffer =>
    chunk([{ text: part, index: 0, logprobs: null, finish_reason: reason }]);
  return [
    ...splitText(text).map((part) => piece(part, null)),
    piece('', finish),
    ...(wantsUsage ? [chunk([], { usage })] : []),
    Buffer.from('data: [DONE]\n\n'),
  ];
}
