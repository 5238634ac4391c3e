import type { Citation } from '../../../endpoints/answer-event.ts';
import { objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { JsonValue } from '../../../wire/json-document.ts';

/** The passage of the answer that a citation stands behind, in UTF-16 units. */
export interface Passage {
  readonly start: number;
  readonly end: number;
}

/**
 * A citation of something with an address; undefined for places in the request's own documents, which have none.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html
 */
export function convertCitation(value: JsonValue | undefined, { start, end }: Passage): Citation | undefined {
  const citation = objectOf(value) ?? {};
  const location = objectOf(citation['location']) ?? {};
  const web = objectOf(location['web']) ?? {};
  const source = location['searchResultLocation'] === undefined ? undefined : citation['source'];
  const url = stringOf(web['url']) ?? stringOf(source);
  if (url === undefined) return undefined;
  const title = stringOf(citation['title']) ?? stringOf(web['domain']) ?? '';
  return { url, title, start, end };
}
