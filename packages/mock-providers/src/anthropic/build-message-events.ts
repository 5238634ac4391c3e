import type { Answer, AnswerBlock } from '../brain/conversation.ts';
import { splitJson, splitText } from '../brain/split-pieces.ts';
import type { JsonObject } from '../json.ts';
import { buildMessage, buildUsage, mapStopReason } from './build-message.ts';
import type { MessageIdentity } from './build-message.ts';

/** One event of a Messages stream; its `type` is also the SSE event name. */
export type MessageEvent = JsonObject & { readonly type: string };

/** The last events of every stream: without them it has been cut off. */
export const closingMessageEvents = 2;

/** The events of a Messages stream, from message_start to message_stop (https://docs.claude.com/en/docs/build-with-claude/streaming). */
export function buildMessageEvents(answer: Answer, identity: MessageIdentity): MessageEvent[] {
  const message = buildMessage(answer, identity);
  const started = { ...message, content: [], stop_reason: null, stop_sequence: null };
  return [
    { type: 'message_start', message: { ...started, usage: buildUsage(answer.usage, 1) } },
    ...answer.blocks.flatMap(buildBlockEvents),
    {
      type: 'message_delta',
      delta: { stop_reason: mapStopReason(answer.stop), stop_sequence: message['stop_sequence'] },
      usage: buildUsage(answer.usage),
    },
    { type: 'message_stop' },
  ];
}

function buildBlockEvents(block: AnswerBlock, index: number): MessageEvent[] {
  const { start, deltas } = describeBlock(block);
  return [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

function describeBlock(block: AnswerBlock): {
  readonly start: JsonObject;
  readonly deltas: readonly JsonObject[];
} {
  switch (block.kind) {
    case 'text':
      return {
        start: { type: 'text', text: '' },
        deltas: splitText(block.text).map((text) => ({ type: 'text_delta', text })),
      };
    case 'thinking':
      return {
        start: { type: 'thinking', thinking: '', signature: '' },
        deltas: [
          ...splitText(block.text).map((thinking) => ({ type: 'thinking_delta', thinking })),
          { type: 'signature_delta', signature: block.signature },
        ],
      };
    case 'redacted-thinking':
      return { start: { type: 'redacted_thinking', data: block.data }, deltas: [] };
    case 'tool-use':
      return {
        start: { type: 'tool_use', id: block.id, name: block.name, input: {} },
        deltas: ['', ...toolPieces(block.input)].map((json) => ({
          type: 'input_json_delta',
          partial_json: json,
        })),
      };
  }
}

/** A call without arguments streams no JSON at all, as Anthropic does. */
function toolPieces(input: JsonObject): string[] {
  return Object.keys(input).length === 0 ? [] : splitJson(JSON.stringify(input));
}
