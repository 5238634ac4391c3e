import type { WarningCollector } from '../warnings.ts';
import { rawJson } from '../wire/json-document.ts';
import { skipValue, skipWhitespace } from '../wire/json-scan.ts';
import type { ChatRequestToolCall } from './chat-completions/chat-request.ts';
import { pathOf, stringField, type Located } from './json-fields.ts';

/**
 * The call of the history that `call` stands for, or several: some models write the arguments of parallel calls one after the
 * other into one. What is no JSON object is wrapped in one.
 */
export function parseCalls(
  call: Located,
  base: Omit<ChatRequestToolCall, 'input'>,
  warnings: WarningCollector,
): ChatRequestToolCall[] {
  const source = stringField(call, 'arguments') ?? '';
  const path = pathOf(call, 'arguments');
  const input = normalizeArguments(source);
  if (input !== undefined) return [{ ...base, input: rawJson(input) }];
  const inputs = splitObjects(source);
  if (inputs.length === 0) {
    warnings.change(path, 'not a JSON object, wrapped in one');
    return [{ ...base, input: rawJson(wrapArguments(source)) }];
  }
  warnings.change(path, 'several JSON objects, sent as the arguments of as many calls');
  return inputs.map((text, index) => ({
    ...base,
    ...(index > 0 && { id: `${base.id}_${index + 1}`, answeredAs: base.id }),
    input: rawJson(text),
  }));
}

/** Arguments that are a JSON object keep their exact text: numbers and the order of keys survive. Undefined when they are not. */
function normalizeArguments(source: string): string | undefined {
  const text = source.trim();
  if (text === '' || text === 'null') return '{}';
  return text.startsWith('{') && isJson(text) ? text : undefined;
}

/** JSON objects that follow each other, each in its own bytes; none when there is anything else. */
function splitObjects(source: string): string[] {
  const texts: string[] = [];
  for (let start = skipWhitespace(source, 0); start < source.length;) {
    if (source[start] !== '{') return [];
    const end = skipValue(source, start);
    texts.push(source.slice(start, end));
    start = skipWhitespace(source, end);
  }
  return texts.every(isJson) ? texts : [];
}

function wrapArguments(source: string): string {
  return isJson(source) ? `{"value":${source.trim()}}` : JSON.stringify({ rawInvalidInput: source });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
