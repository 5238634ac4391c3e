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
export function parseContent(message: Located): ChatPart[] {
  const content = fieldOf(message, 'content');
  const path = pathOf(message, 'content');
  if (content === undefined) return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content, path }];
  if (!Array.isArray(content)) throw invalidField(path, 'must be a string or a list of parts');
  return objectListField(message, 'content').map(parsePart);
}

function parsePart(part: Located): ChatPart {
  const cache = parseCacheControl(part);
  const base = { path: part.path, ...(cache && { cache }) };
  const type = requiredString(part, 'type');
  switch (type) {
    case 'text':
    case 'input_text':
      return { ...base, kind: 'text', text: stringField(part, 'text') ?? '' };
    case 'refusal':
      return { ...base, kind: 'text', text: stringField(part, 'refusal') ?? '' };
    case 'image_url':
      return { ...base, ...parseImage(part) };
    case 'file':
      return { ...base, ...parseFile(part) };
    case 'input_audio':
      return { ...base, ...parseAudio(part) };
    case 'thinking':
    case 'redacted_thinking':
      return { ...base, ...parseThinking(part) };
    default:
      throw invalidField(
        pathOf(part, 'type'),
        `is ${JSON.stringify(type)}, a kind of content that is not supported`,
      );
  }
}

type PartBody<Kind extends ChatPart['kind']> = Omit<Extract<ChatPart, { kind: Kind }>, 'path' | 'cache'>;

function parseImage(part: Located): PartBody<'data'> | PartBody<'url'> {
  const image = fieldOf(part, 'image_url');
  const url = typeof image === 'string' ? image : requiredString(requiredObject(part, 'image_url'), 'url');
  if (!isDataUrl(url)) return { kind: 'url', url };
  return { kind: 'data', ...parseDataUrl(url, pathOf(part, 'image_url')) };
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
