import { objectOf } from '../../schemas/json-fields.ts';
import type { ClientRequest } from '../../translator.ts';

/** True when the client wants the chunk of a stream that carries only usage. */
export function asksForUsage({ document }: Pick<ClientRequest, 'document'>): boolean {
  return objectOf(objectOf(document.value)?.['stream_options'])?.['include_usage'] === true;
}
