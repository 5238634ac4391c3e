import { isSignedThinking } from '../brain/sign-thinking.ts';

/** A thought that only its provider can read, and knows again as its own. */
export function sealReasoning(text: string, signature: string): string {
  return Buffer.from(JSON.stringify([text, signature])).toString('base64');
}

/** True for what {@link sealReasoning} has made. */
export function isSignedReasoning(sealed: string): boolean {
  try {
    const [text, signature] = JSON.parse(Buffer.from(sealed, 'base64').toString()) as unknown[];
    return isSignedThinking(String(text), String(signature));
  } catch {
    return false;
  }
}
