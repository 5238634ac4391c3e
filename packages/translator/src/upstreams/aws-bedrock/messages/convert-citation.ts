import { listOf, numberOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { EncodableJson, JsonObject, JsonValue } from '../../../wire/json-document.ts';

type EncodableObject = Readonly<Record<string, EncodableJson>>;

/** What a place is called on each side. */
interface Place {
  readonly converse: string;
  readonly anthropic: string;
  readonly index: readonly [converse: string, anthropic: string];
  readonly start: string;
  readonly end: string;
}

const document = ['documentIndex', 'document_index'] as const;

/**
 * Places that answers cite, by their names in both APIs.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationLocation.html
 * @see https://docs.anthropic.com/en/docs/build-with-claude/citations
 */
const places: readonly Place[] = [
  {
    converse: 'documentChar',
    anthropic: 'char_location',
    index: document,
    start: 'start_char_index',
    end: 'end_char_index',
  },
  {
    converse: 'documentPage',
    anthropic: 'page_location',
    index: document,
    start: 'start_page_number',
    end: 'end_page_number',
  },
  {
    converse: 'documentChunk',
    anthropic: 'content_block_location',
    index: document,
    start: 'start_block_index',
    end: 'end_block_index',
  },
  {
    converse: 'searchResultLocation',
    anthropic: 'search_result_location',
    index: ['searchResultIndex', 'search_result_index'],
    start: 'start_block_index',
    end: 'end_block_index',
  },
];

/** A citation in Anthropic's words; undefined for places that its API does not know. */
export function convertCitation(value: JsonValue | undefined): EncodableObject | undefined {
  const citation = objectOf(value) ?? {};
  const location = objectOf(citation['location']) ?? {};
  const place = places.find(({ converse }) => objectOf(location[converse]));
  const found = place && objectOf(location[place.converse]);
  if (!place || !found) return undefined;
  const title = stringOf(citation['title']) ?? null;
  const isDocument = place.index === document;
  return {
    type: place.anthropic,
    cited_text: listOf(citation['sourceContent'])
      .map((piece) => stringOf(objectOf(piece)?.['text']) ?? '')
      .join(''),
    [place.index[1]]: numberOf(found[place.index[0]]) ?? 0,
    ...(isDocument ? { document_title: title } : { title, source: stringOf(citation['source']) ?? '' }),
    [place.start]: numberOf(found['start']) ?? 0,
    [place.end]: numberOf(found['end']) ?? 0,
  };
}

/** A citation of the history as Converse had given it; undefined for places that Converse does not know. */
export function restoreCitation(citation: JsonObject): EncodableObject | undefined {
  const place = places.find(({ anthropic }) => anthropic === citation['type']);
  if (!place) return undefined;
  const title = stringOf(citation['document_title']) ?? stringOf(citation['title']);
  const source = stringOf(citation['source']);
  const text = stringOf(citation['cited_text']);
  return {
    ...(title !== undefined && { title }),
    ...(source !== undefined && { source }),
    ...(text !== undefined && { sourceContent: [{ text }] }),
    location: {
      [place.converse]: {
        [place.index[0]]: numberOf(citation[place.index[1]]) ?? 0,
        start: numberOf(citation[place.start]) ?? 0,
        end: numberOf(citation[place.end]) ?? 0,
      },
    },
  };
}
