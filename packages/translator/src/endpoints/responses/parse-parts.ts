import type { WarningCollector } from '../../warnings.ts';
import type { CacheControl, ChatPart } from '../chat-completions/chat-request.ts';
import { parseAudio, parseCacheControl, warnOfDetail } from '../chat-completions/parse-parts.ts';
import { isDataUrl, parseDataUrl, parseFileData } from '../inline-data.ts';
import {
  fieldOf,
  invalidField,
  objectField,
  objectListField,
  pathOf,
  requiredString,
  stringField,
  type Located,
} from '../json-fields.ts';

/**
 * Content under `key`: a string, or a list of parts.
 * @throws TranslationError `invalid_request` for parts of an unknown kind: leaving them out would answer another question.
 */
export function parseContent(item: Located, key: string, warnings: WarningCollector): ChatPart[] {
  const content = fieldOf(item, key);
  const path = pathOf(item, key);
  if (typeof content === 'string') return [{ kind: 'text', text: content, path }];
  if (!Array.isArray(content)) throw invalidField(path, 'must be a string or a list of parts');
  return objectListField(item, key).map((part) => parsePart(part, warnings));
}

function parsePart(part: Located, warnings: WarningCollector): ChatPart {
  const cache = parseBreakpoint(part);
  const base = { path: part.path, ...(cache && { cache }) };
  const type = requiredString(part, 'type');
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { ...base, kind: 'text', text: stringField(part, 'text') ?? '' };
    case 'refusal':
      return { ...base, kind: 'text', text: stringField(part, 'refusal') ?? '' };
    case 'input_image':
      warnOfDetail(part, warnings);
      return { ...base, ...parseImage(part) };
    case 'input_file':
      return { ...base, ...parseFile(part) };
    case 'input_audio':
      return { ...base, ...parseAudio(part) };
    default:
      throw invalidField(
        pathOf(part, 'type'),
        `is ${JSON.stringify(type)}, a kind of content that is not supported`,
      );
  }
}

/** OpenAI's own marker of a cache breakpoint, or the one that other providers have made common. */
function parseBreakpoint(part: Located): CacheControl | undefined {
  const breakpoint = objectField(part, 'prompt_cache_breakpoint');
  const isMarked = breakpoint !== undefined && stringField(breakpoint, 'mode') === 'explicit';
  return isMarked ? {} : parseCacheControl(part);
}

type PartBody<Kind extends ChatPart['kind']> = Omit<Extract<ChatPart, { kind: Kind }>, 'path' | 'cache'>;

function parseImage(part: Located): PartBody<'data'> | PartBody<'url'> {
  return parseUrl(part, 'image') ?? noData(part, 'image_url');
}

function parseFile(part: Located): PartBody<'data'> | PartBody<'url'> {
  const filename = stringField(part, 'filename');
  const named = filename === undefined ? {} : { filename };
  const data = stringField(part, 'file_data');
  if (data !== undefined)
    return { kind: 'data', ...parseFileData(data, pathOf(part, 'file_data')), ...named };
  const linked = parseUrl(part, 'file') ?? noData(part, 'file_data');
  return linked.kind === 'data' ? { ...linked, ...named } : linked;
}

function parseUrl(part: Located, medium: 'image' | 'file'): PartBody<'data'> | PartBody<'url'> | undefined {
  const key = `${medium}_url`;
  const url = stringField(part, key);
  if (url === undefined) return undefined;
  return isDataUrl(url)
    ? { kind: 'data', ...parseDataUrl(url, pathOf(part, key)) }
    : { kind: 'url', url, medium };
}

function noData(part: Located, key: string): never {
  throw invalidField(part.path, `must have "${key}": files by "file_id" cannot be read from here`);
}
