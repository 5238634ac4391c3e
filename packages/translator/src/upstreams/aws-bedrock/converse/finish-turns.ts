import { invalidField } from '../../../endpoints/json-fields.ts';
import type { ContentBlock, ConverseMessage, TextBlock } from '../../../schemas/bedrock/converse.ts';

/** Blocks of one message in their places within a turn. */
export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly head: readonly ContentBlock[];
  readonly body: readonly ContentBlock[];
  readonly tail: readonly ContentBlock[];
}

/**
 * The turns as Converse wants them: alternating, begun by the user, results of tools at their head, without repetitions.
 * `field` is what the client's API calls the conversation.
 * @throws TranslationError `invalid_request` when no such conversation can be made.
 */
export function finishTurns(turns: readonly Turn[], field = 'messages'): ConverseMessage[] {
  const merged = trimPrefill(mergeTurns(turns));
  const first = merged[0];
  if (!first) throw invalidField(field, 'contains nothing to answer: send a user message with content');
  if (first.role === 'assistant') {
    throw invalidField(field, 'must begin with a user message after the system messages');
  }
  return merged.map(finishTurn);
}

function mergeTurns(turns: readonly Turn[]): Turn[] {
  const merged: Turn[] = [];
  for (const turn of turns) {
    if (turn.head.length + turn.body.length + turn.tail.length === 0) continue;
    const last = merged.at(-1);
    if (last?.role !== turn.role) merged.push(turn);
    else merged[merged.length - 1] = joinTurns(last, turn);
  }
  return merged;
}

function joinTurns({ role, head, body, tail }: Turn, next: Turn): Turn {
  return {
    role,
    head: [...head, ...next.head],
    body: [...body, ...next.body],
    tail: [...tail, ...next.tail],
  };
}

/** A last message of the assistant is the beginning of the answer; it may not end in white space. */
function trimPrefill(turns: readonly Turn[]): Turn[] {
  const last = turns.at(-1);
  if (last?.role !== 'assistant' || last.tail.length > 0) return [...turns];
  const index = last.body.findLastIndex(isText);
  const block = last.body[index];
  if (!block || !isText(block) || last.body.slice(index).some((next) => 'toolUse' in next)) return [...turns];
  const body = last.body.with(index, { text: block.text.trimEnd() });
  return [...turns.slice(0, -1), { ...last, body }];
}

function isText(block: ContentBlock): block is TextBlock {
  return 'text' in block;
}

function finishTurn({ role, head, body, tail }: Turn): ConverseMessage {
  const content = dropRepeatedTools([...head, ...body, ...tail]);
  const needsText = content.some((block) => 'document' in block) && !content.some(isText);
  return { role, content: needsText ? [...content, { text: '.' }] : content };
}

/** Clients that replay a turn send calls or results twice; Bedrock takes each id once. */
function dropRepeatedTools(blocks: readonly ContentBlock[]): ContentBlock[] {
  const seen = new Set<string>();
  return blocks.filter((block) => {
    const id =
      'toolUse' in block
        ? block.toolUse.toolUseId
        : 'toolResult' in block
          ? block.toolResult.toolUseId
          : undefined;
    if (id === undefined) return true;
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew;
  });
}
