import { legalToolName, shortenToolName } from '../../../endpoints/tool-names.ts';
import type { TranslationContext } from '../../../translator.ts';

/** The id of a tool call as Claude takes it: a function of the client's id, so that call and result stay together. */
export function convertToolId(id: string, sha256: TranslationContext['sha256']): string {
  return legalToolName.test(id) ? id : shortenToolName(id, sha256);
}
