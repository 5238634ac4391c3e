import type { TranslationContext } from '../translator.ts';

type Sha256 = TranslationContext['sha256'];

/** Names of tools as a provider takes them, and back. One for each request. */
export interface ToolNames {
  toUpstream(name: string): string;
  toClient(name: string): string;
}

/** Legal for every provider and on every transport, for names and ids alike. */
export const legalToolName = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * Replaces what providers refuse in the names of tools. Legal names keep theirs; two names never meet in one.
 * @see https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function createToolNames(names: Iterable<string>, sha256: Sha256): ToolNames {
  const unique = [...new Set(names)];
  const toUpstream = new Map(unique.filter((name) => legalToolName.test(name)).map((name) => [name, name]));
  const taken = new Set(toUpstream.keys());
  for (const name of unique) {
    if (toUpstream.has(name)) continue;
    const plain = sanitize(name).slice(0, 64);
    const chosen = name.length > 64 || taken.has(plain) ? shortenToolName(name, sha256) : plain;
    toUpstream.set(name, chosen);
    taken.add(chosen);
  }
  const toClient = new Map([...toUpstream].map(([client, upstream]) => [upstream, client]));
  return {
    toUpstream: (name) => toUpstream.get(name) ?? name,
    toClient: (name) => toClient.get(name) ?? name,
  };
}

/** A legal name that depends on every character of `text`. */
export function shortenToolName(text: string, sha256: Sha256): string {
  return `${sanitize(text).slice(0, 47)}_${sha256(text).slice(0, 16)}`;
}

function sanitize(text: string): string {
  return text.replace(/[^a-zA-Z0-9_-]/g, '_');
}
