/** Tokens that each message costs beside its content. */
export const messageOverheadTokens = 5;

/** Tokens of prompt text: four for each begun sixteen characters, so that small rewordings cost the same. */
export function countPromptTokens(text: string): number {
  return Math.ceil(text.length / 16) * 4;
}

/** Tokens of generated text: one for each begun four characters. */
export function countAnswerTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Tokens of an image or document of which `bytes` are known (its base64 length will do): 64 and more, at most 1600. */
export function countMediaTokens(bytes: number): number {
  return Math.min(1600, 64 + Math.ceil(bytes / 1024));
}

/** The longest beginning of `text` that costs at most `tokens`; never cuts a character in two. */
export function takeAnswerTokens(text: string, tokens: number): string {
  const end = tokens * 4;
  const isInsidePair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return text.slice(0, isInsidePair ? end - 1 : end);
}
