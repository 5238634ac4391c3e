import { elementsOf, objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** Finds tool calls that the next message does not answer, and results without a call. */
export function findToolTurnProblem(messages: readonly JsonObject[]): string | undefined {
  const turns = mergeTurns(messages);
  for (const [index, turn] of turns.entries()) {
    const calls = idsOf(turns[index - 1], 'tool_use', 'id');
    const results = idsOf(turn, 'tool_result', 'tool_use_id');
    const orphan = results.find((id) => !calls.includes(id));
    if (orphan !== undefined) {
      return `messages.${turn.at}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${orphan}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    }
    const repeated = results.find((id, position) => results.indexOf(id) !== position);
    if (repeated !== undefined) {
      return `messages.${turn.at}.content: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${repeated}`;
    }
    const unanswered = calls.filter((id) => !results.includes(id));
    if (unanswered.length > 0) return describeUnanswered(turn.at - 1, unanswered);
    const duplicate = findDuplicate(idsOf(turn, 'tool_use', 'id'));
    if (duplicate !== undefined) return `messages.${turn.at}: \`tool_use\` ids must be unique`;
  }
  const last = turns.at(-1);
  const open = idsOf(last, 'tool_use', 'id');
  return last && open.length > 0 ? describeUnanswered(last.at, open) : undefined;
}

interface MergedTurn {
  readonly role: unknown;
  /** Index of the turn's first message. */
  readonly at: number;
  readonly blocks: readonly JsonObject[];
}

/** Consecutive messages of one role are one turn. */
function mergeTurns(messages: readonly JsonObject[]): MergedTurn[] {
  const turns: MergedTurn[] = [];
  for (const [at, { role, content }] of messages.entries()) {
    const blocks = elementsOf(content).map(objectOf);
    const last = turns.at(-1);
    if (last && last.role === role) turns.splice(-1, 1, { ...last, blocks: [...last.blocks, ...blocks] });
    else turns.push({ role, at, blocks });
  }
  return turns;
}

function idsOf(turn: MergedTurn | undefined, type: string, member: string): string[] {
  const blocks = turn?.blocks.filter((block) => block['type'] === type) ?? [];
  return blocks.map((block) => String(block[member]));
}

function findDuplicate(ids: readonly string[]): string | undefined {
  return ids.find((id, index) => ids.indexOf(id) !== index);
}

function describeUnanswered(at: number, ids: readonly string[]): string {
  return `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
}
