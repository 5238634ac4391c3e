import { TranslationError } from '../../errors.ts';
import type { ClientRequest } from '../../translator.ts';
import type { WarningCollector } from '../../warnings.ts';
import { isJsonObject } from '../../wire/json-document.ts';
import { defined } from '../defined.ts';
import {
  booleanField,
  fieldOf,
  invalidField,
  positiveIntegerField,
  stringField,
  type Located,
} from '../json-fields.ts';

/** An embeddings request, checked. Absent fields were absent or null. */
export interface EmbeddingsRequest {
  /** At least one, none of them empty. */
  readonly texts: readonly string[];
  readonly encoding: 'float' | 'base64';
  readonly dimensions?: number;
  /** What the vectors are for, in Cohere's words: a vendor field that several gateways take. */
  readonly inputType?: string;
  /** Where to cut a text that is too long: a vendor field of Cohere. */
  readonly truncate?: string;
  /** Whether the vectors are to have length 1: a vendor field of Titan. */
  readonly normalize?: boolean;
}

/**
 * Reads an embeddings request for a translation into another API.
 * @throws TranslationError `invalid_request` that names the field at fault.
 * @see https://platform.openai.com/docs/api-reference/embeddings/create
 */
export function parseEmbeddingsRequest({ document }: Pick<ClientRequest, 'document'>): EmbeddingsRequest {
  const { value } = document;
  if (!isJsonObject(value)) throw new TranslationError('invalid_request', 'The body must be a JSON object');
  const root: Located = { value, path: '' };
  return defined({
    texts: parseInput(root),
    encoding: parseEncoding(root),
    dimensions: positiveIntegerField(root, 'dimensions'),
    inputType: stringField(root, 'input_type'),
    truncate: stringField(root, 'truncate'),
    normalize: booleanField(root, 'normalize'),
  });
}

function parseInput(root: Located): string[] {
  const input = fieldOf(root, 'input');
  const texts = Array.isArray(input) ? input : [input];
  if (texts.length === 0) throw invalidField('input', 'is empty: send at least one text');
  return texts.map((text, index) => {
    const path = Array.isArray(input) ? `input[${index}]` : 'input';
    if (text === undefined) throw invalidField(path, 'is missing: send a text');
    if (typeof text !== 'string') throw invalidField(path, 'must be a text: the backend takes no tokens');
    if (text === '') throw invalidField(path, 'is empty: send some text');
    return text;
  });
}

function parseEncoding(root: Located): EmbeddingsRequest['encoding'] {
  const format = stringField(root, 'encoding_format') ?? 'float';
  if (format === 'float' || format === 'base64') return format;
  throw invalidField('encoding_format', `is ${JSON.stringify(format)}: use float or base64`);
}

/** Warns of every field that is set and not in `taken`, the fields that the model takes beyond those that all take. */
export function warnOfDroppedFields(
  { document }: Pick<ClientRequest, 'document'>,
  taken: ReadonlySet<string>,
  warnings: WarningCollector,
): void {
  const { value } = document;
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (member === null || silentFields.has(name) || taken.has(name)) continue;
    warnings.drop(name, 'the model has no such field');
  }
}

/** Fields that are read elsewhere, or say nothing here; a `false` stream is none. */
const silentFields: ReadonlySet<string> = new Set([
  'model',
  'input',
  'encoding_format',
  'dimensions',
  'stream',
]);
