import { objectOf } from '../../../schemas/json-fields.ts';
import type { JsonObject, JsonPath } from '../../../wire/json-document.ts';
import { dropAt, removeAt, type EditContext } from './edit-context.ts';

/** Keeps what Bedrock takes of a cache breakpoint: no `scope`, and a `ttl` only on models that have the long one. */
export function editCacheControl(context: EditContext, holder: JsonObject, at: JsonPath): void {
  const control = objectOf(holder['cache_control']);
  if (!control) return;
  const path = [...at, 'cache_control'];
  if (control['scope'] !== undefined) dropAt(context, [...path, 'scope'], 'Bedrock has no cache scopes');
  if (control['ttl'] === undefined || context.capabilities.cacheTtl1h) return;
  if (control['ttl'] === '5m') removeAt(context, [...path, 'ttl']);
  else dropAt(context, [...path, 'ttl'], 'model caches for 5 minutes only');
}
