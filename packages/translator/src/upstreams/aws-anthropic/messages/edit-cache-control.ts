import { objectOf } from '../../../schemas/json-fields.ts';
import type { JsonObject, JsonPath } from '../../../wire/json-document.ts';
import { dropAt, removeAt, type EditContext } from './edit-context.ts';

/** Takes note of the cache breakpoint of a tool or block that is sent. Call in the order in which the prompt is read. */
export function noteBreakpoint({ breakpoints }: EditContext, holder: JsonObject, at: JsonPath): void {
  const control = objectOf(holder['cache_control']);
  if (control) breakpoints.push({ control, path: [...at, 'cache_control'] });
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
const maxBreakpoints = 4;

/** Keeps what Bedrock takes of the cache breakpoints: the last four, no `scope`, and a `ttl` only on models that have the long one. */
export function editBreakpoints(context: EditContext): void {
  const { breakpoints } = context;
  const excess = Math.max(breakpoints.length - maxBreakpoints, 0);
  for (const { path } of breakpoints.slice(0, excess))
    dropAt(context, path, `the model takes ${maxBreakpoints} breakpoints; the last are kept`);
  for (const { control, path } of breakpoints.slice(excess)) editBreakpoint(context, control, path);
}

function editBreakpoint(context: EditContext, control: JsonObject, path: JsonPath): void {
  if (control['scope'] !== undefined) dropAt(context, [...path, 'scope'], 'Bedrock has no cache scopes');
  if (control['ttl'] === undefined || context.capabilities.cacheTtl1h) return;
  if (control['ttl'] === '5m') removeAt(context, [...path, 'ttl']);
  else dropAt(context, [...path, 'ttl'], 'model caches for 5 minutes only');
}
