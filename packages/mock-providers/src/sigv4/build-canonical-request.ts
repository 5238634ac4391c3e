import { createHash } from 'node:crypto';

/** A request exactly as it was on the wire. */
export interface SigV4Request {
  readonly method: string;
  /** Path and query, still percent-encoded. */
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/**
 * The canonical request of Signature Version 4 for a service that encodes the path twice (all but S3):
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function buildCanonicalRequest(request: SigV4Request, signedHeaders: readonly string[]): string {
  const mark = request.path.indexOf('?');
  const path = mark < 0 ? request.path : request.path.slice(0, mark);
  const query = mark < 0 ? '' : request.path.slice(mark + 1);
  const headers = signedHeaders.map((name) => `${name}:${canonicalHeader(request, name)}\n`).join('');
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    headers,
    signedHeaders.join(';'),
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
}

/** The values of a header, trimmed, inner runs of spaces as one, joined by commas. */
export function canonicalHeader(request: SigV4Request, name: string): string {
  return request.headers
    .filter(([header]) => header.toLowerCase() === name)
    .map(([, value]) => value.trim().replace(/ +/g, ' '))
    .join(',');
}

/** What arrived is encoded once more: the `%` of `%2F` becomes `%25`, a raw `:` becomes `%3A`. */
function canonicalPath(path: string): string {
  return removeDotSegments(path).split('/').map(encodeWireText).join('/');
}

function removeDotSegments(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '.' && segment !== '') kept.push(segment);
  }
  const tail = path.endsWith('/') && kept.length > 0 ? '/' : '';
  return `/${kept.join('/')}${tail}`;
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    return equals < 0
      ? [encodeOnce(pair), '']
      : [encodeOnce(pair.slice(0, equals)), encodeOnce(pair.slice(equals + 1))];
  });
  return pairs
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** By code unit: all is ASCII here. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Query parts are encoded exactly once, however the client wrote them. */
function encodeOnce(text: string): string {
  return encodeWireText(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

/** Node hands wire bytes over as latin1 characters, so every character is one byte here. */
function encodeWireText(text: string): string {
  return text.replace(
    /[^A-Za-z0-9\-._~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
