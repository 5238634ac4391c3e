import { invalidField } from '../../../endpoints/json-fields.ts';
import type { ChatPart } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ContentBlock, MediaBlock, MediaSource, TextBlock } from '../../../schemas/bedrock/converse.ts';
import { rawJson } from '../../../wire/json-document.ts';
import { buildAudio, buildMedia, buildStoredMedia, typeOfName } from '../converse/build-media.ts';
import { convertCachePoint } from '../converse/cache-points.ts';
import type { ContentContext } from '../converse/conversion-context.ts';
import { convertReasoningBlock } from '../converse/convert-reasoning-block.ts';

/** The blocks of one part, breakpoint included; none for blank text, which Bedrock refuses. */
export function convertPart(part: ChatPart, context: ContentContext): ContentBlock[] {
  const blocks = convertBody(part, context);
  return blocks.length === 0 ? [] : [...blocks, ...convertCachePoint(part.cache, part.path, context)];
}

function convertBody(part: ChatPart, context: ContentContext): ContentBlock[] {
  switch (part.kind) {
    case 'thinking':
    case 'redacted_thinking':
      return convertReasoningBlock(part, part.path, context);
    case 'audio':
      return [buildAudio(part.format, inlineSource(part.base64), part.path, context)];
    default:
      return convertMaterial(part, context);
  }
}

type MaterialPart = Extract<ChatPart, { kind: 'text' | 'data' | 'url' }>;

/** What messages and tool results may both contain. */
export function convertMaterial(part: MaterialPart, context: ContentContext): (TextBlock | MediaBlock)[] {
  switch (part.kind) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ text: part.text }];
    case 'data':
      return [convertData(part, context)];
    case 'url':
      return [convertUrl(part, context)];
  }
}

/** Base64 needs no escaping, and images are too large to look through it for nothing. */
function inlineSource(base64: string): MediaSource {
  return { bytes: rawJson(`"${base64}"`) };
}

function convertData(part: Extract<ChatPart, { kind: 'data' }>, context: ContentContext): MediaBlock {
  const filename = part.filename ?? '';
  const isVague = part.mediaType === '' || part.mediaType === 'application/octet-stream';
  const type = isVague ? typeOfName(filename) : part.mediaType;
  const block =
    type === undefined ? undefined : buildMedia(type, inlineSource(part.base64), filename, context);
  if (block) return block;
  const name =
    part.mediaType === '' ? `a file named ${JSON.stringify(filename)}` : JSON.stringify(part.mediaType);
  throw invalidField(
    part.path,
    `is ${name}, which the model does not take: use a PNG, JPEG, GIF or WebP image, or a PDF, text or office document`,
  );
}

function convertUrl({ url, path }: Extract<ChatPart, { kind: 'url' }>, context: ContentContext): MediaBlock {
  if (url.startsWith('s3://')) return buildStoredMedia(url, path, context);
  throw invalidField(
    path,
    'points to a URL, which is not fetched from here: send the data itself as a data URL, or an s3:// URI',
  );
}
