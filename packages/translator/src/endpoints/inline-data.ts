import { encodeBase64, isBase64 } from '../wire/base64.ts';
import { invalidField } from './json-fields.ts';

/** Data that came with the request. */
export interface InlineData {
  /** In lower case and without parameters; empty when the client did not say. */
  readonly mediaType: string;
  readonly base64: string;
}

/** A file's data, which clients send as a data URL or as bare base64. @throws TranslationError `invalid_request` when it is neither. */
export function parseFileData(data: string, path: string): InlineData {
  return isDataUrl(data) ? parseDataUrl(data, path) : { mediaType: '', base64: checkedBase64(data, path) };
}

/** True for URLs that carry their data. */
export function isDataUrl(url: string): boolean {
  return /^\s*data:/i.test(url);
}

const utf8 = new TextEncoder();

/**
 * The data in a data URL.
 * @throws TranslationError `invalid_request` when it is broken.
 * @see https://www.rfc-editor.org/rfc/rfc2397
 */
export function parseDataUrl(url: string, path: string): InlineData {
  const comma = url.indexOf(',');
  if (comma < 0) throw invalidField(path, 'is not a complete data URL: the comma before the data is missing');
  const [type = '', ...parameters] = url.slice(url.indexOf(':') + 1, comma).split(';');
  const mediaType = type.trim().toLowerCase();
  const isEncoded = parameters.some((parameter) => parameter.trim().toLowerCase() === 'base64');
  const data = url.slice(comma + 1);
  return {
    mediaType,
    base64: isEncoded ? checkedBase64(data, path) : encodePercent(data, path),
  };
}

/** Valid base64 goes on as it is; line breaks and percent-encoding, which some clients leave in, are undone first. @throws TranslationError `invalid_request` for anything else. */
export function checkedBase64(data: string, path: string): string {
  if (isBase64(data) && data !== '') return data;
  const cleaned = (data.includes('%') ? decodePercent(data, path) : data).replace(/\s+/g, '');
  const padded = cleaned.padEnd(Math.ceil(cleaned.length / 4) * 4, '=');
  if (padded === '' || !isBase64(padded)) throw invalidField(path, 'does not carry valid base64 data');
  return padded;
}

function encodePercent(data: string, path: string): string {
  return encodeBase64(utf8.encode(decodePercent(data, path)));
}

function decodePercent(data: string, path: string): string {
  try {
    return decodeURIComponent(data);
  } catch {
    throw invalidField(path, 'carries broken percent-encoding');
  }
}
