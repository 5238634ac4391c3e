/** The parts of an `Authorization: AWS4-HMAC-SHA256 …` header. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly scopeDate: string;
  readonly scopeRegion: string;
  readonly scopeService: string;
  readonly scopeTerminator: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const algorithm = 'AWS4-HMAC-SHA256';

/** Parses the header; a string is AWS's message about what is missing. */
export function parseAuthorization(header: string): Authorization | string {
  const space = header.indexOf(' ');
  if (space < 0 || header.slice(0, space) !== algorithm) {
    return `Unsupported AWS 'algorithm': '${header.slice(0, space < 0 ? 32 : space)}'.`;
  }
  const fields = parseFields(header.slice(space + 1));
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) =>
    fields.get(name),
  );
  if (!credential || !signedHeaders || !signature) return describeMissing(fields);
  const scope = credential.split('/');
  const [terminator, service, region, date] = scope.slice(-4).reverse();
  const accessKeyId = scope.slice(0, -4).join('/');
  if (!terminator || !service || !region || !date || !accessKeyId) {
    return `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`;
  }
  return {
    accessKeyId,
    scopeDate: date,
    scopeRegion: region,
    scopeService: service,
    scopeTerminator: terminator,
    signedHeaders: signedHeaders.split(';'),
    signature,
  };
}

function parseFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) fields.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return fields;
}

function describeMissing(fields: ReadonlyMap<string, string>): string {
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name));
  return missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' ');
}
