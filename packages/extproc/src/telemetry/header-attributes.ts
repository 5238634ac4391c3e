/** A request header and the telemetry attribute that it becomes. */
export interface HeaderAttribute {
  /** Lower-case. */
  readonly header: string;
  /** Such as `session.id`. */
  readonly attribute: string;
}

/**
 * Reads `header:attribute,header:attribute`; empty text means none.
 * @throws Error that names the malformed pair.
 */
export function parseHeaderAttributes(text: string): readonly HeaderAttribute[] {
  return text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map(parsePair);
}

function parsePair(pair: string): HeaderAttribute {
  const [header = '', attribute = '', ...rest] = pair.split(':').map((part) => part.trim());
  if (header === '' || attribute === '' || rest.length > 0)
    throw new Error(`expected header:attribute, not "${pair}"`);
  return { header: header.toLowerCase(), attribute };
}
