import type { WarningCollector } from '../warnings.ts';
import { rawJson, type RawJson } from '../wire/json-document.ts';
import { pathOf, stringField, type Located } from './json-fields.ts';

/** The `arguments` of a call in the history, as a JSON object; what is none is wrapped in one. */
export function parseArguments(call: Located, warnings: WarningCollector): RawJson {
  const source = stringField(call, 'arguments') ?? '';
  const input = normalizeArguments(source);
  if (input === undefined) warnings.change(pathOf(call, 'arguments'), 'not a JSON object, wrapped in one');
  return rawJson(input ?? wrapArguments(source));
}

/** Arguments that are a JSON object keep their exact text: numbers and the order of keys survive. Undefined when they are not. */
function normalizeArguments(source: string): string | undefined {
  const text = source.trim();
  if (text === '' || text === 'null') return '{}';
  return text.startsWith('{') && isJson(text) ? text : undefined;
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
