import { TranslationError } from '../errors.ts';

/** Where one member of an object, or one element of an array, stands in the source text. */
export interface JsonMember {
  /** The decoded name, or the index. */
  readonly key: string | number;
  /** Offset of the name (of the value, in arrays). */
  readonly keyStart: number;
  readonly start: number;
  readonly end: number;
}

const quote = 0x22;
const backslash = 0x5c;

/** The offset of the first character at or after `offset` that is not JSON whitespace. */
export function skipWhitespace(text: string, offset: number): number {
  let index = offset;
  for (;;) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return index;
    index++;
  }
}

/** The end of the string whose opening quote is at `start`. Long strings (images) are skipped by native search. */
function skipString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end + 1;
}

function isEscaped(text: string, offset: number): boolean {
  let count = 0;
  while (text.charCodeAt(offset - 1 - count) === backslash) count++;
  return count % 2 === 1;
}

/** Deeper values are refused: nobody means them, and writing them again would exhaust the stack. */
const maxDepth = 1000;

/**
 * The end of the value that begins at `start` in valid JSON text.
 * @throws TranslationError `invalid_request` when it is nested deeper than 1000 levels.
 */
export function skipValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === quote) return skipString(text, start);
  if (first !== 0x7b && first !== 0x5b) return skipScalar(text, start);
  let depth = 0;
  let index = start;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = skipString(text, index);
      continue;
    }
    if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > maxDepth)
        throw new TranslationError('invalid_request', `The JSON is nested deeper than ${maxDepth} levels`);
    } else if (code === 0x7d || code === 0x5d) depth--;
    index++;
    if (depth === 0) break;
  }
  return index;
}

const scalar = /[-+.\w]*/y;

function skipScalar(text: string, start: number): number {
  scalar.lastIndex = start;
  scalar.exec(text);
  return scalar.lastIndex;
}

/** The members of the object or array that begins at `start` in valid JSON text; undefined for other values. */
export function scanMembers(text: string, start: number): readonly JsonMember[] | undefined {
  const open = text[start];
  if (open !== '{' && open !== '[') return undefined;
  const members: JsonMember[] = [];
  let index = skipWhitespace(text, start + 1);
  while (index < text.length && text[index] !== '}' && text[index] !== ']') {
    const member = open === '{' ? scanProperty(text, index) : scanElement(text, index, members.length);
    members.push(member);
    index = skipWhitespace(text, member.end);
    if (text[index] === ',') index = skipWhitespace(text, index + 1);
  }
  return members;
}

function scanProperty(text: string, keyStart: number): JsonMember {
  const keyEnd = skipString(text, keyStart);
  const start = skipWhitespace(text, skipWhitespace(text, keyEnd) + 1);
  const source = text.slice(keyStart, keyEnd);
  const key = source.includes('\\') ? String(JSON.parse(source)) : source.slice(1, -1);
  return { key, keyStart, start, end: skipValue(text, start) };
}

function scanElement(text: string, start: number, index: number): JsonMember {
  return { key: index, keyStart: start, start, end: skipValue(text, start) };
}
