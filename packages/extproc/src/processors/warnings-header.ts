import type { Warning } from '@aigw/translator';

/** Bytes of the header's value; warnings beyond are cut, since they are in the log as well. */
const maxLength = 4096;

/**
 * The value of `x-ai-eg-warnings`: a list of strings with parameters.
 * @see https://www.rfc-editor.org/rfc/rfc9651
 */
export function encodeWarnings(warnings: readonly Warning[]): string {
  let value = '';
  for (const { path, action, reason } of warnings) {
    const item = `${encodeString(path)};action=${action};reason=${encodeString(reason)}`;
    const separator = value === '' ? '' : ', ';
    if (value.length + separator.length + item.length > maxLength) break;
    value += separator + item;
  }
  return value;
}

/** Structured Fields strings are printable ASCII. */
function encodeString(text: string): string {
  const printable = text.replace(/[^\u0020-\u007e]/g, '?');
  return `"${printable.replace(/[\\"]/g, String.raw`\$&`)}"`;
}
