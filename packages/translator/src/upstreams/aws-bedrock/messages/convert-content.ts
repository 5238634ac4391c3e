import { invalidField } from '../../../endpoints/json-fields.ts';
import type {
  DocumentBlock,
  ImageBlock,
  MaterialBlock,
  MediaSource,
  SearchResultBlock,
  TextBlock,
} from '../../../endpoints/messages/messages-request.ts';
import type {
  MediaBlock,
  TextBlock as ConverseText,
  ToolResultBlock,
} from '../../../schemas/bedrock/converse.ts';
import { isBase64 } from '../../../wire/base64.ts';
import { rawJson } from '../../../wire/json-document.ts';
import { buildMedia, buildStoredMedia, documentName, typeOfName } from '../converse/build-media.ts';
import type { ContentContext } from '../converse/conversion-context.ts';

/** What messages and results of tools may both contain. */
export type Material = ToolResultBlock['toolResult']['content'][number];

/** Text, images, documents and search results; none for blank text, which Bedrock refuses. */
export function convertMaterial(block: MaterialBlock, context: ContentContext): Material[] {
  switch (block.kind) {
    case 'text':
      return convertText(block);
    case 'image':
      return [convertSource(block, '', context)];
    case 'document':
      return [convertDocument(block, context)];
    case 'search_result':
      return convertSearchResult(block, context);
  }
}

function convertText({ text }: TextBlock): ConverseText[] {
  return text.trim() === '' ? [] : [{ text }];
}

type MediaHolder = Pick<ImageBlock, 'path'> & { readonly source: MediaSource };

function convertSource({ path, source }: MediaHolder, name: string, context: ContentContext): MediaBlock {
  switch (source.kind) {
    case 'base64':
      return convertData(source, { path, name, context });
    case 'url':
      if (source.url.startsWith('s3://')) return buildStoredMedia(source.url, path, context);
      throw invalidField(
        path,
        'points to a URL, which is not fetched from here: send the data as base64, or an s3:// URI',
      );
    case 'file':
      throw invalidField(
        path,
        'is a file that was uploaded to Anthropic, which Bedrock cannot read: send the data as base64',
      );
  }
}

interface DataContext {
  readonly path: string;
  readonly name: string;
  readonly context: ContentContext;
}

function convertData(
  source: Extract<MediaSource, { kind: 'base64' }>,
  { path, name, context }: DataContext,
): MediaBlock {
  const data = isBase64(source.data) ? source.data : source.data.replace(/\s+/g, '');
  if (!isBase64(data)) throw invalidField(`${path}.source.data`, 'is not valid base64');
  const type = source.mediaType.split(';', 1)[0]?.trim() ?? '';
  // Base64 needs no escaping, and images are too large to look through it for nothing.
  const block = buildMedia(type, { bytes: rawJson(`"${data}"`) }, name, context);
  if (block) return block;
  throw invalidField(
    `${path}.source.media_type`,
    `is ${JSON.stringify(source.mediaType)}: use a PNG, JPEG, GIF or WebP image, or a PDF, text or office document`,
  );
}

function convertDocument(block: DocumentBlock, context: ContentContext): Material {
  const { source } = block;
  const name = fileName(block.title);
  const options = {
    ...(block.context !== undefined && { context: block.context }),
    ...convertCitations(block, context),
  };
  if (source.kind === 'text' || source.kind === 'content') {
    const text =
      source.kind === 'text' ? { text: source.text } : { content: source.content.flatMap(convertPassage) };
    return { document: { format: 'txt', name: documentName(name, context), source: text, ...options } };
  }
  const media = convertSource({ path: block.path, source }, name, context);
  return 'document' in media ? { document: { ...media.document, ...options } } : media;
}

/** A title is no file name: only what is surely an extension is taken for one. */
function fileName(title = ''): string {
  return typeOfName(title) === undefined ? `${title}.` : title;
}

function convertPassage(passage: TextBlock | ImageBlock): ConverseText[] {
  if (passage.kind === 'text') return convertText(passage);
  throw invalidField(
    passage.path,
    'is an image inside a document, which Bedrock does not take: send it as an image of its own',
  );
}

function convertCitations(
  { citations, path }: DocumentBlock,
  { capabilities, warnings }: ContentContext,
): { citations?: { enabled: true } } {
  if (!citations) return {};
  if (capabilities.family === 'claude') return { citations: { enabled: true } };
  warnings.drop(`${path}.citations`, 'the model does not cite');
  return {};
}

/** A kind of content that only Claude knows; others read the same as text. */
function convertSearchResult(
  block: SearchResultBlock,
  { capabilities, warnings }: ContentContext,
): Material[] {
  const content = block.content.flatMap(convertText);
  const { source, title, path } = block;
  if (capabilities.family === 'claude')
    return [{ searchResult: { source, title, content, citations: { enabled: block.citations } } }];
  warnings.change(path, 'the model takes no search results; sent as text');
  return [{ text: [title, source, '', ...content.map(({ text }) => text)].join('\n') }];
}
