import type { AnswerBlock, AnswerStop } from './conversation.ts';
import { countAnswerTokens, takeAnswerTokens } from './count-tokens.ts';

/** The blocks that fit and why they end there. */
export interface LimitedAnswer {
  readonly blocks: readonly AnswerBlock[];
  readonly stop: AnswerStop;
}

/** Cuts an answer at the first stop sequence in its text and then at `maxTokens`. */
export function limitAnswer(
  blocks: readonly AnswerBlock[],
  limits: { readonly maxTokens: number | undefined; readonly stopSequences: readonly string[] },
): LimitedAnswer {
  const stopped = cutAtSequence(blocks, limits.stopSequences);
  return limits.maxTokens === undefined ? stopped : cutAtTokens(stopped, limits.maxTokens);
}

/** Generated tokens of one block. */
export function countBlockTokens(block: AnswerBlock): number {
  switch (block.kind) {
    case 'thinking':
    case 'text':
      return countAnswerTokens(block.text);
    case 'redacted-thinking':
      return countAnswerTokens(block.data);
    case 'tool-use':
      return countAnswerTokens(block.name + JSON.stringify(block.input));
  }
}

function cutAtSequence(blocks: readonly AnswerBlock[], sequences: readonly string[]): LimitedAnswer {
  for (const [index, block] of blocks.entries()) {
    if (block.kind !== 'text') continue;
    const hits = sequences
      .map((sequence) => ({ sequence, at: block.text.indexOf(sequence) }))
      .filter(({ sequence, at }) => at >= 0 && sequence !== '')
      .sort((left, right) => left.at - right.at);
    const [first] = hits;
    if (!first) continue;
    const kept = { kind: 'text', text: block.text.slice(0, first.at) } as const;
    return {
      blocks: [...blocks.slice(0, index), ...(kept.text === '' ? [] : [kept])],
      stop: { reason: 'stop-sequence', sequence: first.sequence },
    };
  }
  return { blocks, stop: { reason: blocks.some(({ kind }) => kind === 'tool-use') ? 'tool-use' : 'end' } };
}

function cutAtTokens({ blocks, stop }: LimitedAnswer, maxTokens: number): LimitedAnswer {
  let left = maxTokens;
  for (const [index, block] of blocks.entries()) {
    const tokens = countBlockTokens(block);
    if (tokens > left) {
      return { blocks: [...blocks.slice(0, index), ...shorten(block, left)], stop: { reason: 'max-tokens' } };
    }
    left -= tokens;
  }
  return { blocks, stop };
}

/** Only text can be cut; a tool call or thinking block that does not fit is left out. */
function shorten(block: AnswerBlock, tokens: number): AnswerBlock[] {
  if (block.kind !== 'text' || tokens < 1) return [];
  return [{ kind: 'text', text: takeAnswerTokens(block.text, tokens) }];
}
