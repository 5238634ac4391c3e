import { elementsOf, isJsonObject, objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** Finds tool calls without results, results without calls, and tool blocks without `toolConfig`. */
export function findToolTurnProblem(
  messages: readonly JsonObject[],
  hasToolConfig: boolean,
): string | undefined {
  let calls: readonly string[] = [];
  for (const [at, message] of messages.entries()) {
    const results = idsOf(message, 'toolResult');
    const uses = idsOf(message, 'toolUse');
    if (results.length + uses.length > 0 && !hasToolConfig) {
      return 'The toolConfig field must be defined when using toolUse and toolResult content blocks.';
    }
    const problem =
      findDuplicate(uses, 'toolUse', at) ??
      findDuplicate(results, 'toolResult', at) ??
      findMismatch(calls, results, at) ??
      findWrongRole(message, uses);
    if (problem !== undefined) return problem;
    calls = uses;
  }
  return undefined;
}

function idsOf(message: JsonObject, member: 'toolUse' | 'toolResult'): string[] {
  return elementsOf(message['content']).flatMap((block) => {
    const value = objectOf(block)[member];
    return isJsonObject(value) ? [String(value['toolUseId'])] : [];
  });
}

function findDuplicate(ids: readonly string[], member: string, at: number): string | undefined {
  const duplicates = ids.filter((id, index) => ids.indexOf(id) !== index);
  return duplicates.length === 0
    ? undefined
    : `The ${member} blocks at messages.${at}.content contain duplicate Ids: ${duplicates.join(', ')}`;
}

function findMismatch(calls: readonly string[], results: readonly string[], at: number): string | undefined {
  const missing = calls.filter((id) => !results.includes(id));
  if (missing.length > 0) {
    return `Expected toolResult blocks at messages.${at}.content for the following Ids: ${missing.join(', ')}`;
  }
  if (results.length > calls.length) {
    return `The number of toolResult blocks at messages.${at}.content exceeds the number of toolUse blocks of previous turn.`;
  }
  return undefined;
}

/** Results in a wrong role need no rule of their own: they never follow the turn that called. */
function findWrongRole({ role }: JsonObject, uses: readonly string[]): string | undefined {
  return uses.length > 0 && role !== 'assistant'
    ? 'toolUse blocks can only be used with the assistant role.'
    : undefined;
}
