import type { Passage } from '../../../endpoints/answer-builder.ts';
import type { Citation } from '../../../endpoints/answer-event.ts';
import { objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { JsonValue } from '../../../wire/json-document.ts';

/**
 * A citation of something with an address; undefined for places in the request's own documents, which have none.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/citations
 */
export function convertCitation(value: JsonValue | undefined, { start, end }: Passage): Citation | undefined {
  const citation = objectOf(value) ?? {};
  const url = stringOf(citation['url']) ?? stringOf(citation['source']);
  if (url === undefined) return undefined;
  const title = stringOf(citation['title']) ?? '';
  return { url, title, start, end };
}
