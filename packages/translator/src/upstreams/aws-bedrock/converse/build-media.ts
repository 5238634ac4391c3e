import { invalidField } from '../../../endpoints/json-fields.ts';
import type { MediaBlock, MediaSource } from '../../../schemas/bedrock/converse.ts';

/** What the images and documents of one request share. */
export interface MediaContext {
  /** Names of documents so far: Bedrock wants them unique. */
  readonly documentNames: Set<string>;
}

const imageFormats: ReadonlyMap<string, string> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/jpg', 'jpeg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
]);

const documentFormats: ReadonlyMap<string, string> = new Map([
  ['application/pdf', 'pdf'],
  ['text/csv', 'csv'],
  ['application/msword', 'doc'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['text/html', 'html'],
  ['text/plain', 'txt'],
  ['text/markdown', 'md'],
]);

/** By extension, for files that say no type and for objects in S3. */
const typesByExtension: ReadonlyMap<string, string> = new Map([
  ...[...imageFormats, ...documentFormats].map(([type, format]) => [format, type] as const),
  ['jpg', 'image/jpeg'],
  ['htm', 'text/html'],
  ['markdown', 'text/markdown'],
]);

/** The media type that a file's name stands for, by its extension. */
export function typeOfName(filename: string): string | undefined {
  return typesByExtension.get(filename.slice(filename.lastIndexOf('.') + 1).toLowerCase());
}

/**
 * An image or a document of the given media type; undefined for types that Bedrock does not take.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
export function buildMedia(
  type: string,
  source: MediaSource,
  filename: string,
  context: MediaContext,
): MediaBlock | undefined {
  const image = imageFormats.get(type);
  if (image !== undefined) return { image: { format: image, source } };
  const format = documentFormats.get(type);
  return format === undefined
    ? undefined
    : { document: { format, name: documentName(filename, context), source } };
}

/** An object in S3, which Bedrock reads itself. @throws TranslationError `invalid_request` when its name does not say what it is. */
export function buildStoredMedia(uri: string, path: string, context: MediaContext): MediaBlock {
  const filename = uri.slice(uri.lastIndexOf('/') + 1);
  const type = typeOfName(filename);
  const block = type === undefined ? undefined : buildMedia(type, { s3Location: { uri } }, filename, context);
  if (block) return block;
  throw invalidField(
    path,
    'points to an object whose name does not end in a known extension, such as .png or .pdf',
  );
}

/** A legal name for a document: letters, digits, single spaces, hyphens, parentheses and brackets, at most 200, and no name twice. */
export function documentName(filename: string, { documentNames }: MediaContext): string {
  const stem = filename
    .replace(/\.[^.]*$/, '')
    .replace(/[^a-zA-Z0-9\-()[\]]+/g, ' ')
    .trim()
    .slice(0, 190)
    .trim();
  const base = stem === '' ? 'document' : stem;
  let name = base;
  for (let count = 2; documentNames.has(name); count++) name = `${base}-${count}`;
  documentNames.add(name);
  return name;
}
