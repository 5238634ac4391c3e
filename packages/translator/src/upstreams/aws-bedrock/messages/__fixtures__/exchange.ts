import { createTranslator } from '../../../../registry.ts';
import { concatBytes, encodeEvent } from '../../../../testing/encode-event-stream.ts';
import {
  finishBuffered,
  jsonOf,
  runStream,
  startTranslator,
  testContext,
  testHead,
  testRequest,
  testTarget,
  type StreamResult,
} from '../../../../testing/run-translator.ts';
import type { Translator, UpstreamRequest, UpstreamTarget } from '../../../../translator.ts';

/** Models whose capabilities differ. */
export const models = {
  llama: 'us.meta.llama3-2-1b-instruct-v1:0',
  nova: 'amazon.nova-pro-v1:0',
  nova2: 'amazon.nova-2-lite-v1:0',
  gptOss: 'openai.gpt-oss-120b-1:0',
  mistral: 'mistral.mistral-large-2407-v1:0',
  sonnet35: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
  sonnet45: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  opus46: 'anthropic.claude-opus-4-6-v1',
} as const;

/** Claude too goes by Converse here. */
export const converse = testTarget('AWSBedrock', { messagesVia: 'Converse' });
export const frames = testHead(200, 'application/vnd.amazon.eventstream', { 'x-amzn-requestid': 'rid' });
export const json = testHead(200, 'application/json', { 'x-amzn-requestid': 'rid' });
export const hi = { role: 'user', content: 'hi' };
export const ask = { model: models.sonnet45, max_tokens: 9, messages: [hi] };

/** A Messages request on its way to Converse; `more` may be the whole body as JSON text. */
export function send(more: object | string = {}, target: UpstreamTarget = converse): UpstreamRequest {
  const body = typeof more === 'string' ? more : { ...ask, ...more };
  return createTranslator(testRequest('messages', body), target, testContext).request();
}

/** What Converse gets for a minimal message with `more`. */
export function sent(more: object | string = {}, target?: UpstreamTarget): Record<string, unknown> {
  return jsonOf(send(more, target).body) as Record<string, unknown>;
}

/** The messages that Converse gets. */
export function converted(...messages: unknown[]): unknown {
  return sent({ messages })['messages'];
}

/** The content of the only message that Converse gets, for content of the user. */
export function shown(content: unknown, model: string = models.sonnet45): unknown {
  const [message] = sent({ model, messages: [{ role: 'user', content }] })['messages'] as {
    content: unknown;
  }[];
  return message?.content;
}

/** Path and action of the warnings about a minimal message with `more`. */
export function warningsOf(more: object, target?: UpstreamTarget): string[] {
  return send(more, target).warnings.map(({ path, action }) => `${path} ${action}`);
}

/** A translator that has sent a minimal message with `more`. */
export function start(more: object = {}): Translator {
  return startTranslator(createTranslator, testRequest('messages', { ...ask, ...more }), converse);
}

/** The message that becomes of an answer of Converse. */
export function answer(body: object | string, more: object = {}): Record<string, unknown> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return jsonOf(finishBuffered(start(more), json, text).body) as Record<string, unknown>;
}

/** An answer with the given content. */
export function answerOf(content: unknown, more: object = {}): object {
  return { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', usage, ...more };
}

/** What becomes of a stream of events. */
export function stream(pieces: readonly Uint8Array[], more: object = {}): StreamResult {
  return runStream(start({ stream: true, ...more }), frames, [concatBytes(...pieces)]);
}

export const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 12, cacheReadInputTokens: 7 };
export const begin = encodeEvent('messageStart', { role: 'assistant', p: 'abcdef' });
export const metadata = encodeEvent('metadata', { usage, metrics: { latencyMs: 1 }, p: 'x' });

export function delta(contentBlockIndex: number, body: unknown): Uint8Array {
  return encodeEvent('contentBlockDelta', { contentBlockIndex, delta: body, p: 'abc' });
}

export function startTool(contentBlockIndex: number, toolUseId: string, name: string): Uint8Array {
  return encodeEvent('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } });
}

export function stop(contentBlockIndex: number): Uint8Array {
  return encodeEvent('contentBlockStop', { contentBlockIndex });
}

export function finish(stopReason: string): Uint8Array {
  return encodeEvent('messageStop', { stopReason });
}

/** A block of an answer as Converse gives it. */
export type AnswerBlock =
  | { readonly text: string }
  | {
      readonly reasoningContent: {
        readonly reasoningText: { readonly text: string; readonly signature?: string };
      };
    }
  | { readonly reasoningContent: { readonly redactedContent: string } }
  | { readonly toolUse: { readonly toolUseId: string; readonly name: string; readonly input: object } };

/** The frames in which Converse would stream `blocks`, each cut into pieces of `size`. */
export function streamBlocks(blocks: readonly AnswerBlock[], size: number, stopReason: string): Uint8Array[] {
  const content = blocks.flatMap((block, index) => [
    ...('toolUse' in block ? [startTool(index, block.toolUse.toolUseId, block.toolUse.name)] : []),
    ...deltasOf(block, size).map((body) => delta(index, body)),
    stop(index),
  ]);
  return [begin, ...content, finish(stopReason), metadata];
}

function deltasOf(block: AnswerBlock, size: number): object[] {
  if ('text' in block) return piecesOf(block.text, size).map((text) => ({ text }));
  if ('toolUse' in block) {
    return piecesOf(JSON.stringify(block.toolUse.input), size).map((input) => ({ toolUse: { input } }));
  }
  const { reasoningContent } = block;
  if ('redactedContent' in reasoningContent) {
    return piecesOf(reasoningContent.redactedContent, size).map((redactedContent) => ({
      reasoningContent: { redactedContent },
    }));
  }
  const { text, signature = '' } = reasoningContent.reasoningText;
  return [
    ...piecesOf(text, size).map((piece) => ({ reasoningContent: { text: piece } })),
    ...piecesOf(signature, size).map((piece) => ({ reasoningContent: { signature: piece } })),
  ];
}

function piecesOf(text: string, size: number): string[] {
  const characters = Array.from(text);
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  );
}
