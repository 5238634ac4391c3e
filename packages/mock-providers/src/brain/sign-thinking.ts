import { createHash } from 'node:crypto';

const redactedPrefix = 'mock-redacted-thinking:';

/** The opaque signature of a thinking text: whoever echoes the block must bring back exactly both. */
export function signThinking(text: string): string {
  const digest = (salt: string): Buffer =>
    createHash('sha256').update(`mock-thinking-${salt}\n${text}`).digest();
  return Buffer.concat([digest('a'), digest('b'), digest('c')]).toString('base64');
}

/** True when the pair came from {@link signThinking}. */
export function isSignedThinking(text: string, signature: string): boolean {
  return signature === signThinking(text);
}

/** Redacted thinking: base64 that only the provider can read. */
export function redactThinking(text: string): string {
  return Buffer.from(`${redactedPrefix}${text}`).toString('base64');
}

/** True when the data came from {@link redactThinking}. */
export function isRedactedThinking(data: string): boolean {
  return Buffer.from(data, 'base64').toString().startsWith(redactedPrefix);
}
