import type Anthropic from '@anthropic-ai/sdk';
import { expectTypeOf } from 'expect-type';
import type OpenAI from 'openai';
import type { StopReason } from '../endpoints/messages/encode-message-stream.ts';
import type { ClientMessageUsage } from '../endpoints/messages/convert-usage.ts';
import type { RawJson } from '../wire/json-document.ts';
import type { MessagesRequest } from './anthropic/message-request.ts';
import type { MessageContentBlock, MessageTextBlock } from './anthropic/message.ts';
import type { ChatCompletionRequest } from './openai/chat-completion-request.ts';
import type { ChatCompletion, ChatCompletionChunk } from './openai/chat-completion.ts';
import type { ResponseError, ResponseOutputItem, ResponseUsage } from './openai/response.ts';

/** Members whose values the client has chosen, and the provider judges: the SDKs list the values of today. */
type Chosen = 'ttl' | 'media_type' | 'service_tier' | 'reasoning_effort';

/** Our shapes as the SDKs would write them: arrays that may change, an object where we keep its bytes, and no `undefined`. */
type Plain<T> = T extends RawJson
  ? { type: 'object' }
  : T extends object
    ? { -readonly [Key in keyof T]: Key extends Chosen ? never : Plain<Exclude<T[Key], undefined>> }
    : T;

describe('what clients get is what their SDK declares', () => {
  test('a chat completion', () => {
    type Ours = Plain<ChatCompletion>;
    type Choice = OpenAI.ChatCompletion.Choice;
    // OpenAI itself writes null for what is left out here: there are never probabilities, and a refusal is told as text.
    expectTypeOf<Ours['choices'][0]['message']>().toExtend<Omit<Choice['message'], 'refusal'>>();
    expectTypeOf<Ours['choices'][0]>().toExtend<Omit<Choice, 'logprobs' | 'message'>>();
    expectTypeOf<Ours>().toExtend<Omit<OpenAI.ChatCompletion, 'choices'>>();
  });

  test('a chunk of one', () => {
    expectTypeOf<Plain<ChatCompletionChunk>>().toExtend<OpenAI.ChatCompletionChunk>();
  });

  test('the blocks of a message', () => {
    type Theirs<Type extends string> = Extract<Anthropic.ContentBlock, { type: Type }>;
    type Block = Exclude<MessageContentBlock, MessageTextBlock>;
    type Ours<Type extends string> = Plain<Extract<Block, { type: Type }>>;
    expectTypeOf<MessageContentBlock['type']>().toExtend<Anthropic.ContentBlock['type']>();
    expectTypeOf<Ours<'thinking'>>().toExtend<Theirs<'thinking'>>();
    expectTypeOf<Ours<'redacted_thinking'>>().toExtend<Theirs<'redacted_thinking'>>();
    // Other providers than Anthropic know no callers, and clients would send back what we had made up.
    expectTypeOf<Ours<'tool_use'>>().toExtend<Omit<Theirs<'tool_use'>, 'caller'>>();
    // Citations are handed on as the provider wrote them; where it wrote none, there are none.
    expectTypeOf<Omit<MessageTextBlock, 'citations'>>().toExtend<Omit<Theirs<'text'>, 'citations'>>();
  });

  test('the end of a message', () => {
    expectTypeOf<StopReason>().toExtend<Anthropic.StopReason>();
    // Members that we do not know are left out, where the API writes null.
    expectTypeOf<Plain<ClientMessageUsage>>().toExtend<Partial<Anthropic.Usage>>();
  });

  test('a response', () => {
    expectTypeOf<Plain<ResponseOutputItem>>().toExtend<OpenAI.Responses.ResponseOutputItem>();
    expectTypeOf<Plain<ResponseUsage>>().toExtend<OpenAI.Responses.ResponseUsage>();
    expectTypeOf<Plain<ResponseError>>().toExtend<OpenAI.Responses.ResponseError>();
  });
});

describe('what providers are asked is what their SDK would ask', () => {
  test('for a chat completion', () => {
    type Ours = Plain<Omit<ChatCompletionRequest, 'stream'>>;
    expectTypeOf<Ours>().toExtend<OpenAI.ChatCompletionCreateParamsNonStreaming>();
  });

  test('for a message', () => {
    // Bodies that are handed on as they came, and sampling, which the SDK of today does not have any more.
    type Foreign = 'thinking' | 'output_config' | 'temperature' | 'top_p' | 'top_k';
    type Ours = Plain<Omit<MessagesRequest, Foreign>>;
    expectTypeOf<Ours>().toExtend<Omit<Anthropic.MessageCreateParamsNonStreaming, 'model'>>();
  });
});
