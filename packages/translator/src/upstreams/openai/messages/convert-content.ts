import { invalidField } from '../../../endpoints/json-fields.ts';
import type {
  BlockBase,
  DocumentBlock,
  ImageBlock,
  MaterialBlock,
  SearchResultBlock,
  TextBlock,
} from '../../../endpoints/messages/messages-request.ts';
import type { ChatPartParam } from '../../../schemas/openai/chat-completion-request.ts';
import type { WarningCollector } from '../../../warnings.ts';

/** Parts for what a user, or a tool, shows. Blank text is left out. @throws TranslationError for what OpenAI's API cannot carry. */
export function convertMaterial(
  blocks: readonly MaterialBlock[],
  warnings: WarningCollector,
): ChatPartParam[] {
  return blocks.flatMap((block) => {
    warnOfCacheControl(block, warnings);
    switch (block.kind) {
      case 'text':
        return convertText(block);
      case 'image':
        return [convertImage(block)];
      case 'document':
        return convertDocument(block, warnings);
      case 'search_result':
        return convertSearchResult(block, warnings);
    }
  });
}

/** Servers of this API cache by themselves, where they do. */
export function warnOfCacheControl({ path, cache }: BlockBase, warnings: WarningCollector): void {
  if (cache) warnings.drop(`${path}.cache_control`, 'the backend has no cache breakpoints');
}

function convertText({ text }: TextBlock): ChatPartParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

function convertImage({ path, source }: ImageBlock): ChatPartParam {
  switch (source.kind) {
    case 'base64':
      return {
        type: 'image_url',
        image_url: { url: `data:${source.mediaType};base64,${source.data}` },
      };
    case 'url':
      return { type: 'image_url', image_url: { url: source.url } };
    case 'file':
      throw foreignFile(path);
  }
}

function foreignFile(path: string): Error {
  return invalidField(`${path}.source`, 'names a file that was uploaded to Anthropic: send it inline');
}

function convertDocument(block: DocumentBlock, warnings: WarningCollector): ChatPartParam[] {
  const { source, title, path } = block;
  warnOfCitations(block, warnings);
  const about = [title, block.context].filter((text) => text !== undefined && text.trim() !== '').join('\n');
  const heading: ChatPartParam[] = about === '' ? [] : [{ type: 'text', text: about }];
  switch (source.kind) {
    case 'base64':
      return [...heading, convertFile(source, { path, title })];
    case 'text':
      return [...heading, { type: 'text', text: source.text }];
    case 'content':
      return [...heading, ...convertMaterial(source.content, warnings)];
    case 'url':
      throw invalidField(
        `${path}.source`,
        'is a URL, which the backend does not fetch: send the data inline',
      );
    case 'file':
      throw foreignFile(path);
  }
}

function convertFile(
  { mediaType, data }: { readonly mediaType: string; readonly data: string },
  { path, title }: { readonly path: string; readonly title: string | undefined },
): ChatPartParam {
  if (mediaType !== 'application/pdf') {
    throw invalidField(`${path}.source.media_type`, `is ${JSON.stringify(mediaType)}: use application/pdf`);
  }
  const filename = title?.trim() ? title : 'document.pdf';
  return { type: 'file', file: { filename, file_data: `data:${mediaType};base64,${data}` } };
}

function convertSearchResult(block: SearchResultBlock, warnings: WarningCollector): ChatPartParam[] {
  warnOfCitations(block, warnings);
  const { title, source, content } = block;
  return [{ type: 'text', text: `${title}\n${source}` }, ...convertMaterial(content, warnings)];
}

function warnOfCitations(
  { path, citations }: { readonly path: string; readonly citations: boolean },
  warnings: WarningCollector,
): void {
  if (citations) warnings.drop(`${path}.citations`, 'the backend does not cite');
}
