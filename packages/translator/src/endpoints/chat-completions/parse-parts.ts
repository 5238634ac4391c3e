import type { WarningCollector } from '../../warnings.ts';
import { isJsonObject } from '../../wire/json-document.ts';
import { checkedBase64, isDataUrl, parseDataUrl, parseFileData } from '../inline-data.ts';
import {
  fieldOf,
  invalidField,
  objectField,
  objectListField,
  pathOf,
  requiredObject,
  requiredString,
  stringField,
  type Located,
} from '../json-fields.ts';
import type { CacheControl, ChatPart } from './chat-request.ts';

/** The marker of a cache breakpoint; undefined when there is none. */
export function parseCacheControl(at: Located): CacheControl | undefined {
  const control = objectField(at, 'cache_control');
  if (!control || stringField(control, 'type') !== 'ephemeral') return undefined;
  const ttl = stringField(control, 'ttl');
  return ttl === undefined ? {} : { ttl };
}

/**
 * The content of a message: a string, or a list of parts.
 * @throws TranslationError `invalid_request` for parts of an unknown kind: leaving them out would answer another question.
 */
export function parseContent(message: Located, warnings: WarningCollector): ChatPart[] {
  const content = fieldOf(message, 'content');
  const path = pathOf(message, 'content');
  if (content === undefined) return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content, path }];
  if (!Array.isArray(content)) throw invalidField(path, 'must be a string or a list of parts');
  return objectListField(message, 'content').map((part) => parsePart(part, warnings));
}

function parsePart(part: Located, warnings: WarningCollector): ChatPart {
  const cache = parseCacheControl(part);
  return { path: part.path, ...(cache && { cache }), ...parseBody(part, warnings) };
}

function parseBody(part: Located, warnings: WarningCollector): PartBody<ChatPart['kind']> {
  const type = requiredString(part, 'type');
  switch (type) {
    case 'text':
    case 'input_text':
    case 'refusal':
      return { kind: 'text', text: stringField(part, type === 'refusal' ? type : 'text') ?? '' };
    case 'image_url':
      return parseImage(part, warnings);
    case 'video_url':
      return parseUrl(part, 'video');
    case 'file':
      return parseFile(part);
    case 'input_audio':
      return parseAudio(part);
    case 'thinking':
    case 'redacted_thinking':
      return parseThinking(part);
    default:
      throw invalidField(
        pathOf(part, 'type'),
        `is ${JSON.stringify(type)}, a kind of content that is not supported`,
      );
  }
}

type PartBody<Kind extends ChatPart['kind']> = Kind extends unknown
  ? Omit<Extract<ChatPart, { kind: Kind }>, 'path' | 'cache'>
  : never;

function parseImage(part: Located, warnings: WarningCollector): PartBody<'data'> | PartBody<'url'> {
  const image = fieldOf(part, 'image_url');
  if (isJsonObject(image)) warnOfDetail({ value: image, path: pathOf(part, 'image_url') }, warnings);
  return parseUrl(part, 'image');
}

/** How closely an image is looked at is the model's affair elsewhere. */
export function warnOfDetail(image: Located, warnings: WarningCollector): void {
  const detail = stringField(image, 'detail') ?? 'auto';
  if (detail !== 'auto') warnings.drop(pathOf(image, 'detail'), 'the backend has no such setting');
}

function parseUrl(part: Located, medium: 'image' | 'video'): PartBody<'data'> | PartBody<'url'> {
  const key = `${medium}_url`;
  const source = fieldOf(part, key);
  const url = typeof source === 'string' ? source : requiredString(requiredObject(part, key), 'url');
  return isDataUrl(url)
    ? { kind: 'data', ...parseDataUrl(url, pathOf(part, key)) }
    : { kind: 'url', url, medium };
}

function parseFile(part: Located): PartBody<'data'> {
  const file = requiredObject(part, 'file');
  const filename = stringField(file, 'filename');
  const data = stringField(file, 'file_data');
  if (data === undefined) {
    throw invalidField(file.path, 'must have "file_data": files by "file_id" cannot be read from here');
  }
  const source = parseFileData(data, pathOf(file, 'file_data'));
  return { kind: 'data', ...source, ...(filename !== undefined && { filename }) };
}

/** Sound given inline. */
export function parseAudio(part: Located): PartBody<'audio'> {
  const audio = requiredObject(part, 'input_audio');
  const base64 = checkedBase64(requiredString(audio, 'data'), pathOf(audio, 'data'));
  return { kind: 'audio', format: requiredString(audio, 'format').toLowerCase(), base64 };
}

/** A block of the model's own reasoning, as an answer of ours had it. */
export function parseThinking(block: Located): PartBody<'thinking'> | PartBody<'redacted_thinking'> {
  if (stringField(block, 'type') === 'redacted_thinking') {
    return { kind: 'redacted_thinking', data: requiredString(block, 'data') };
  }
  const signature = stringField(block, 'signature');
  const text = stringField(block, 'thinking') ?? stringField(block, 'text') ?? '';
  return { kind: 'thinking', text, ...(signature !== undefined && signature !== '' && { signature }) };
}
