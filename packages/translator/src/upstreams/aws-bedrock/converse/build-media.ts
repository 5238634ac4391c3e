import type { ModelCapabilities } from '../../../capabilities/index.ts';
import { invalidField } from '../../../endpoints/json-fields.ts';
import type { AudioBlock, MediaBlock, MediaSource } from '../../../schemas/bedrock/converse.ts';

/** What the media of one request share. */
export interface MediaContext {
  /** Names of documents so far: Bedrock wants them unique. */
  readonly documentNames: Set<string>;
  readonly capabilities: ModelCapabilities;
}

const imageFormats: ReadonlyMap<string, string> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/jpg', 'jpeg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
]);

const videoFormats: ReadonlyMap<string, string> = new Map([
  ['video/mp4', 'mp4'],
  ['video/quicktime', 'mov'],
  ['video/x-matroska', 'mkv'],
  ['video/webm', 'webm'],
  ['video/x-flv', 'flv'],
  ['video/mpeg', 'mpeg'],
  ['video/mpg', 'mpg'],
  ['video/x-ms-wmv', 'wmv'],
  ['video/3gpp', 'three_gp'],
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
  ...[...imageFormats, ...videoFormats, ...documentFormats].map(([type, format]) => [format, type] as const),
  ['jpg', 'image/jpeg'],
  ['3gp', 'video/3gpp'],
  ['htm', 'text/html'],
  ['markdown', 'text/markdown'],
]);

/** The media type that a file's name stands for, by its extension. */
export function typeOfName(filename: string): string | undefined {
  return typesByExtension.get(filename.slice(filename.lastIndexOf('.') + 1).toLowerCase());
}

/**
 * An image, a video or a document of the given media type; undefined for types that Bedrock, or the model, does not take.
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
  const video = context.capabilities.media.includes('video') ? videoFormats.get(type) : undefined;
  if (video !== undefined) return { video: { format: video, source } };
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
    'points to an object whose name does not end in a known extension of something that the model takes, such as .png or .pdf',
  );
}

const audioFormats: ReadonlySet<string> = new Set([
  ...['aac', 'flac', 'm4a', 'mka', 'mkv', 'mp3', 'mp4', 'mpeg'],
  ...['mpga', 'ogg', 'opus', 'pcm', 'wav', 'webm', 'x-aac'],
]);

/** Sound, for models that can hear. @throws TranslationError `invalid_request` for others, and for formats that Bedrock does not know. */
export function buildAudio(
  format: string,
  source: MediaSource,
  path: string,
  { capabilities }: MediaContext,
): AudioBlock {
  if (!capabilities.media.includes('audio'))
    throw invalidField(path, 'is audio, which the model does not take');
  if (audioFormats.has(format)) return { audio: { format, source } };
  throw invalidField(`${path}.input_audio.format`, `is ${JSON.stringify(format)}: use mp3, wav, flac or ogg`);
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
