import { invalidField } from '../../../endpoints/json-fields.ts';
import type { ChatPart } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ContentBlock, MediaBlock, TextBlock } from '../../../schemas/bedrock/converse.ts';
import { rawJson } from '../../../wire/json-document.ts';
import { buildMedia, buildStoredMedia, typeOfName } from '../converse/build-media.ts';
import { convertCachePoint } from '../converse/cache-points.ts';
import type { ContentContext } from '../converse/conversion-context.ts';

/** The blocks of one part, breakpoint included; none for blank text, which Bedrock refuses. */
export function convertPart(part: ChatPart, context: ContentContext): ContentBlock[] {
  const blocks = convertBody(part, context);
  return blocks.length === 0 ? [] : [...blocks, ...convertCachePoint(part.cache, part.path, context)];
}

function convertBody(part: ChatPart, context: ContentContext): ContentBlock[] {
  switch (part.kind) {
    case 'thinking':
    case 'redacted_thinking':
      return convertReasoning(part, context);
    default:
      return convertMaterial(part, context);
  }
}

type ReasoningPart = Extract<ChatPart, { kind: 'thinking' | 'redacted_thinking' }>;

/** Reasoning goes back only with its signature: the model refuses to take anybody else's word for its own thoughts. */
function convertReasoning(part: ReasoningPart, { capabilities, warnings }: ContentContext): ContentBlock[] {
  if (capabilities.family !== 'claude' && capabilities.reasoning === 'none') {
    warnings.drop(part.path, 'the model takes no reasoning back');
    return [];
  }
  if (part.kind === 'redacted_thinking') return [{ reasoningContent: { redactedContent: part.data } }];
  if (part.signature === undefined) {
    warnings.drop(part.path, 'reasoning without its signature cannot be sent back');
    return [];
  }
  return [{ reasoningContent: { reasoningText: { text: part.text, signature: part.signature } } }];
}

/** Text, images and documents: what messages and tool results may both contain. */
export function convertMaterial(
  part: Exclude<ChatPart, ReasoningPart>,
  context: ContentContext,
): (TextBlock | MediaBlock)[] {
  switch (part.kind) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ text: part.text }];
    case 'data':
      return [convertData(part, context)];
    case 'url':
      return [convertUrl(part, context)];
    case 'audio':
      throw invalidField(part.path, 'is audio, which the model does not take');
  }
}

function convertData(part: Extract<ChatPart, { kind: 'data' }>, context: ContentContext): MediaBlock {
  const filename = part.filename ?? '';
  const isVague = part.mediaType === '' || part.mediaType === 'application/octet-stream';
  const type = isVague ? typeOfName(filename) : part.mediaType;
  // Base64 needs no escaping, and images are too large to look through it for nothing.
  const source = { bytes: rawJson(`"${part.base64}"`) };
  const block = type === undefined ? undefined : buildMedia(type, source, filename, context);
  if (block) return block;
  const name =
    part.mediaType === '' ? `a file named ${JSON.stringify(filename)}` : JSON.stringify(part.mediaType);
  throw invalidField(
    part.path,
    `is ${name}: use a PNG, JPEG, GIF or WebP image, or a PDF, text or office document`,
  );
}

function convertUrl({ url, path }: Extract<ChatPart, { kind: 'url' }>, context: ContentContext): MediaBlock {
  if (url.startsWith('s3://')) return buildStoredMedia(url, path, context);
  throw invalidField(
    path,
    'points to a URL, which is not fetched from here: send the data itself as a data URL, or an s3:// URI',
  );
}
