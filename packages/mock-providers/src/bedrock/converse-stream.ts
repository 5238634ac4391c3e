import type { Answer, AnswerBlock } from '../brain/conversation.ts';
import { splitJson, splitText } from '../brain/split-pieces.ts';
import { encodeEvent } from '../event-stream/encode-event-stream-message.ts';
import { encodeJson } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { buildConverseUsage, mapConverseStop } from './converse.ts';
import type { ConverseReport } from './converse.ts';

/** messageStop and metadata: a stream that has been cut off lacks them. */
export const closingConverseFrames = 2;

const paddingCharacters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const paddingStep = 7;

/**
 * The frames of a ConverseStream response. As AWS does it: only tool blocks have a contentBlockStart, the usage comes in
 * `metadata` after messageStop, and every payload carries padding `p`.
 */
export function encodeConverseFrames(answer: Answer, { latencyMs, settings }: ConverseReport): Buffer[] {
  const events: [string, JsonObject][] = [
    ['messageStart', { role: 'assistant' }],
    ...answer.blocks.flatMap(buildBlockEvents),
    ['messageStop', { stopReason: mapConverseStop(answer.stop) }],
    ['metadata', { ...settings, metrics: { latencyMs }, usage: buildConverseUsage(answer.usage) }],
  ];
  return events.map(([type, payload], index) =>
    encodeEvent(type, encodeJson({ ...payload, p: paddingFor(index) })),
  );
}

/** Padding whose length varies from frame to frame, as AWS hides token lengths; here it is the same for the same frame. */
export function paddingFor(index: number): string {
  return paddingCharacters.slice(0, 1 + ((index * paddingStep) % paddingCharacters.length));
}

function buildBlockEvents(block: AnswerBlock, contentBlockIndex: number): [string, JsonObject][] {
  const start: [string, JsonObject][] =
    block.kind === 'tool-use'
      ? [
          [
            'contentBlockStart',
            { contentBlockIndex, start: { toolUse: { name: block.name, toolUseId: block.id } } },
          ],
        ]
      : [];
  const deltas = buildDeltas(block).map((delta): [string, JsonObject] => [
    'contentBlockDelta',
    { contentBlockIndex, delta },
  ]);
  return [...start, ...deltas, ['contentBlockStop', { contentBlockIndex }]];
}

function buildDeltas(block: AnswerBlock): JsonObject[] {
  switch (block.kind) {
    case 'text':
      return splitText(block.text).map((text) => ({ text }));
    case 'thinking':
      return [
        ...splitText(block.text).map((text) => ({ reasoningContent: { text } })),
        { reasoningContent: { signature: block.signature } },
      ];
    case 'redacted-thinking':
      return [{ reasoningContent: { redactedContent: block.data } }];
    case 'tool-use':
      return Object.keys(block.input).length === 0
        ? []
        : splitJson(JSON.stringify(block.input)).map((input) => ({ toolUse: { input } }));
  }
}
