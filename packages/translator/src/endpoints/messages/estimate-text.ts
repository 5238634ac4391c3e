type Kind = 'letter' | 'space' | 'other';

/** Letters that one token holds at least, in words that occur. */
const lettersPerToken = 5;
/** Spaces that one token holds at least; the first before a word costs nothing. */
const spacesPerToken = 4;
/** Letters that one token holds at least where there are too few vowels for a word. */
const noisePerToken = 1.4;

/** A run of characters of one kind. */
interface Run {
  kind: Kind;
  length: number;
  vowels: number;
  isLower: boolean;
}

/**
 * Tokens of a text: more rather than fewer than current tokenizers make of it. Each begun five letters of a word count as one,
 * and more of them where the letters make no word; capitals in the middle begin a word; every digit and sign counts, and
 * characters beyond ASCII as many as their kind may take. Linear in the text.
 */
export function estimateTextTokens(text: string): number {
  const run: Run = { kind: 'other', length: 0, vowels: 0, isLower: false };
  let tokens = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const kind = kindOf(code);
    const isLower = code >= 0x61 && code <= 0x7a;
    if (kind !== run.kind || (run.isLower && !isLower)) {
      tokens += weighRun(run);
      run.kind = kind;
      run.length = 0;
      run.vowels = 0;
    }
    run.isLower = isLower;
    run.length++;
    if (kind === 'letter' && isVowel(code)) run.vowels++;
    if (kind === 'other') tokens += weighCharacter(code);
  }
  return tokens + weighRun(run);
}

function weighRun({ kind, length, vowels }: Run): number {
  switch (kind) {
    case 'letter':
      return Math.max(Math.ceil(length / lettersPerToken), Math.ceil((length - 2 * vowels) / noisePerToken));
    case 'space':
      return length > 1 ? Math.ceil((length - 1) / spacesPerToken) : 0;
    case 'other':
      return 0;
  }
}

function kindOf(code: number): Kind {
  const lower = code | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return 'letter';
  return code === 0x20 ? 'space' : 'other';
}

/** a, e, i, o, u and y, in either case. */
function isVowel(code: number): boolean {
  return 'aeiouy'.includes(String.fromCharCode(code | 0x20));
}

/** Digits, signs, letters of two bytes: one. Signs that are rare: three. The rest, halves of surrogate pairs included: two. */
function weighCharacter(code: number): number {
  if (code < 0x800) return 1;
  const isRareSign = code >= 0x2070 && code < 0x2c00;
  return isRareSign ? 3 : 2;
}
