import type { ModelFamily } from '@aigw/api-types';
import type { TranslationContext } from '../../../translator.ts';

const legalId = /^[a-zA-Z0-9_.:-]{1,64}$/;
const mistralId = /^[a-zA-Z0-9]{9}$/;

/** The id of a tool call as the model takes it: a function of the client's id, so that call and result stay together. */
export function convertToolId(id: string, family: ModelFamily, sha256: TranslationContext['sha256']): string {
  if (family === 'mistral') return mistralId.test(id) ? id : sha256(id).slice(0, 9);
  if (legalId.test(id)) return id;
  return `${id.replace(/[^a-zA-Z0-9_.:-]/g, '_').slice(0, 47)}_${sha256(id).slice(0, 16)}`;
}
