import type { ChatPart } from '../../../endpoints/chat-completions/chat-request.ts';
import { TranslationError } from '../../../errors.ts';
import type {
  Base64Source,
  ContentBlockParam,
  MaterialBlockParam,
  TextSource,
} from '../../../schemas/anthropic/message-request.ts';
import { decodeBase64 } from '../../../wire/base64.ts';
import { convertCacheControl, type ConversionContext } from './conversion-context.ts';

const imageTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const textTypes = /^(?:text\/.+|application\/(?:json|xml|x-yaml|yaml))$/;
const utf8 = new TextDecoder();

/** One part of a message; blank text is nothing. @throws TranslationError for what Claude cannot be shown. */
export function convertPart(part: ChatPart, context: ConversionContext): ContentBlockParam[] {
  if (part.kind === 'thinking' || part.kind === 'redacted_thinking') return convertThinking(part, context);
  return convertMaterial(part, context);
}

type ThinkingPart = Extract<ChatPart, { kind: 'thinking' | 'redacted_thinking' }>;

/** Claude takes back only reasoning that it signed. */
function convertThinking(
  part: ThinkingPart,
  { capabilities, warnings }: ConversionContext,
): ContentBlockParam[] {
  if (!capabilities.acceptsThinking) {
    warnings.drop(part.path, 'model has no thinking');
    return [];
  }
  if (part.kind === 'redacted_thinking') return [{ type: 'redacted_thinking', data: part.data }];
  if (part.signature !== undefined) {
    return [{ type: 'thinking', thinking: part.text, signature: part.signature }];
  }
  warnings.drop(part.path, 'thinking without a signature is refused');
  return [];
}

/** A part that is no reasoning. */
export function convertMaterial(
  part: Exclude<ChatPart, ThinkingPart>,
  context: ConversionContext,
): MaterialBlockParam[] {
  const cache = convertCacheControl(part.cache, part.path, context);
  switch (part.kind) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...cache }];
    case 'data':
      return [{ ...convertData(part), ...cache }];
    case 'url':
      return [{ ...convertUrl(part, context), ...cache }];
    case 'audio':
      throw unsupported(part.path, 'is audio, which Claude cannot hear');
  }
}

type DataPart = Extract<ChatPart, { kind: 'data' }>;

function convertData(part: DataPart): MaterialBlockParam {
  const type = mediaTypeOf(part);
  if (imageTypes.has(type)) {
    return { type: 'image', source: { type: 'base64', media_type: type, data: part.base64 } };
  }
  const source = documentSource(part, type);
  return { type: 'document', source, ...(part.filename !== undefined && { title: part.filename }) };
}

function documentSource(part: DataPart, type: string): Base64Source | TextSource {
  if (type === 'application/pdf') return { type: 'base64', media_type: type, data: part.base64 };
  const bytes = textTypes.test(type) ? decodeBase64(part.base64) : undefined;
  if (bytes) return { type: 'text', media_type: 'text/plain', data: utf8.decode(bytes) };
  throw unsupported(
    part.path,
    `has the type ${JSON.stringify(type)}, which Claude does not take: send PNG, JPEG, GIF, WebP, PDF or text`,
  );
}

const extensions: ReadonlyMap<string, string> = new Map([
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['json', 'application/json'],
  ['xml', 'application/xml'],
  ['yaml', 'application/yaml'],
]);

/** Files may come without a type; their name, or how a PDF begins, tells it. */
function mediaTypeOf({ mediaType, filename, base64 }: DataPart): string {
  if (mediaType === 'image/jpg') return 'image/jpeg';
  if (mediaType !== '' && mediaType !== 'application/octet-stream') return mediaType;
  if (base64.startsWith('JVBERi')) return 'application/pdf';
  const extension = filename?.split('.').at(-1)?.toLowerCase() ?? '';
  return extensions.get(extension) ?? mediaType;
}

function convertUrl(
  { url, path, medium }: Extract<ChatPart, { kind: 'url' }>,
  { fetchesUrls }: ConversionContext,
): MaterialBlockParam {
  if (medium === 'video') throw unsupported(path, 'is a video, which Claude cannot see');
  if (!/^https?:\/\//i.test(url)) throw unsupported(path, 'is neither a data URL nor an http(s) URL');
  if (!fetchesUrls)
    throw unsupported(path, 'is a URL, which Bedrock cannot read: send the data as a data URL');
  const pathname = url.split(/[?#]/, 1)[0] ?? '';
  const source = { type: 'url', url } as const;
  const isDocument = medium === 'file' || pathname.toLowerCase().endsWith('.pdf');
  return { type: isDocument ? 'document' : 'image', source };
}

function unsupported(path: string, what: string): TranslationError {
  return new TranslationError('unsupported_parameter', `${path} ${what}`, { param: path });
}
