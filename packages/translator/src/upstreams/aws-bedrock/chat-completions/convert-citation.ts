import type { Passage } from '../../../endpoints/answer-builder.ts';
import type { Citation } from '../../../endpoints/answer-event.ts';
import { objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { JsonValue } from '../../../wire/json-document.ts';

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
