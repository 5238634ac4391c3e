/**
 * Ids of the tool calls of one conversation, in its order. Providers take each id once, but some models use theirs again in every
 * turn: then the later call gets another, and its results with it.
 */
export interface CallIds {
  /** The assistant begins to speak. Calls that repeat an id before the next turn are repetitions of one call. */
  beginTurn(): void;
  /** The id for a call; `clientId` is what its result names, where that is not the call's own. */
  called(id: string, clientId?: string): string;
  /** The ids of the calls that a result answers: the latest of the name, usually one. */
  answered(clientId: string): readonly string[];
}

/** @see CallIds */
export function createCallIds(): CallIds {
  const uses = new Map<string, number>();
  const taken = new Set<string>();
  const latest = new Map<string, string[]>();
  let ofTurn = new Map<string, string>();
  let answersOfTurn = new Set<string>();

  const choose = (id: string): string => {
    let count = uses.get(id) ?? 0;
    let chosen = id;
    do chosen = count++ === 0 ? id : `${id}_${count}`;
    while (taken.has(chosen));
    uses.set(id, count);
    taken.add(chosen);
    return chosen;
  };

  return {
    beginTurn() {
      ofTurn = new Map();
      answersOfTurn = new Set();
    },
    called(id, clientId = id) {
      const known = ofTurn.get(id);
      if (known !== undefined) return known;
      const chosen = choose(id);
      ofTurn.set(id, chosen);
      if (!answersOfTurn.has(clientId)) latest.set(clientId, []);
      answersOfTurn.add(clientId);
      latest.get(clientId)?.push(chosen);
      return chosen;
    },
    answered: (clientId) => latest.get(clientId) ?? [clientId],
  };
}
