import { createHash } from 'node:crypto';
import type { CacheTtl, PromptSegment, TokenUsage } from './conversation.ts';

/** Input tokens by how they are billed. */
export type InputUsage = Pick<TokenUsage, 'inputTokens' | 'cacheReadTokens' | 'cacheWriteTokens'>;

/** Remembers prompt prefixes as the providers' prompt caches do. */
export interface PrefixCache {
  /** Bills a prompt: the longest remembered prefix is read, prefixes marked after it are written. */
  bill(model: string, segments: readonly PromptSegment[], nowMs: number): InputUsage;
}

const lifetimeMs: Readonly<Record<CacheTtl, number>> = { '5m': 5 * 60_000, '1h': 60 * 60_000 };
const maxPrefixes = 4096;

/** A cache of at most 4096 prefixes; the one used longest ago is forgotten first. */
export function createPrefixCache(): PrefixCache {
  const expiries = new Map<string, number>();

  function isRemembered(key: string, nowMs: number): boolean {
    return (expiries.get(key) ?? -Infinity) > nowMs;
  }

  function remember(key: string, expiry: number): void {
    expiries.delete(key);
    expiries.set(key, expiry);
    const [oldest] = expiries.keys();
    if (expiries.size > maxPrefixes && oldest !== undefined) expiries.delete(oldest);
  }

  return {
    bill(model, segments, nowMs) {
      const marks = findMarks(model, segments);
      const read = marks.findLast(({ key }) => isRemembered(key, nowMs))?.tokens ?? 0;
      const written: Record<CacheTtl, number> = { '5m': 0, '1h': 0 };
      let billed = read;
      for (const mark of marks) {
        written[mark.ttl] += Math.max(0, mark.tokens - billed);
        billed = Math.max(billed, mark.tokens);
        remember(mark.key, nowMs + lifetimeMs[mark.ttl]);
      }
      const total = segments.reduce((sum, { tokens }) => sum + tokens, 0);
      return { inputTokens: total - billed, cacheReadTokens: read, cacheWriteTokens: written };
    },
  };
}

interface Mark {
  readonly key: string;
  readonly tokens: number;
  readonly ttl: CacheTtl;
}

function findMarks(model: string, segments: readonly PromptSegment[]): Mark[] {
  if (!segments.some(({ ttl }) => ttl)) return [];
  const marks: Mark[] = [];
  const hash = createHash('sha256').update(model);
  let tokens = 0;
  for (const segment of segments) {
    hash.update(`\n${JSON.stringify(segment.content)}`);
    tokens += segment.tokens;
    if (segment.ttl) marks.push({ key: hash.copy().digest('base64'), tokens, ttl: segment.ttl });
  }
  return marks;
}
