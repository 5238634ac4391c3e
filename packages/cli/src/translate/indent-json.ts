/**
 * JSON text on several lines, each value in its own source text: numbers keep their digits and strings their escapes,
 * which parsing and printing again would not guarantee. Text that is not JSON comes back as it is.
 */
export function indentJson(text: string): string {
  if (!isJson(text)) return text;
  let result = '';
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]\s*[\]}]|[[\]{},:]|[^\s[\]{},:"]+/gs)) {
    if (token === '{' || token === '[') result += token + newLine(++depth);
    else if (token === '}' || token === ']') result += newLine(--depth) + token;
    else if (token === ',') result += token + newLine(depth);
    else if (token === ':') result += ': ';
    else result += /^[[{]/.test(token) ? token.replace(/\s/g, '') : token;
  }
  return result;
}

function newLine(depth: number): string {
  return `\n${'  '.repeat(depth)}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
