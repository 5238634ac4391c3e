import type { ReasoningBlock as AnswerBlock } from '../../../endpoints/answer-event.ts';
import type { ReasoningBlock } from '../../../schemas/bedrock/converse.ts';
import type { ContentContext } from './conversion-context.ts';

/** Reasoning of the history. Claude takes back only what it signed; other models sign nothing, and take no signatures. */
export function convertReasoningBlock(
  block: AnswerBlock,
  path: string,
  { capabilities, warnings }: Pick<ContentContext, 'capabilities' | 'warnings'>,
): ReasoningBlock[] {
  const isClaude = capabilities.family === 'claude';
  if (!isClaude && (capabilities.reasoning === 'none' || block.kind === 'redacted_thinking')) {
    warnings.drop(path, 'the model takes no such reasoning back');
    return [];
  }
  if (block.kind === 'redacted_thinking') return [{ reasoningContent: { redactedContent: block.data } }];
  const { text, signature } = block;
  if (isClaude && signature !== undefined)
    return [{ reasoningContent: { reasoningText: { text, signature } } }];
  if (isClaude || text === '') {
    warnings.drop(path, 'thinking without a signature is refused');
    return [];
  }
  if (signature !== undefined) warnings.change(path, 'the signature is left out: another model made it');
  return [{ reasoningContent: { reasoningText: { text } } }];
}
