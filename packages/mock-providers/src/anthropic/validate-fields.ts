import type { JsonObject } from '../json.ts';

/** Top-level fields of Anthropic's own API, beta ones included. */
const topLevelFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'max_tokens',
  'system',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'metadata',
  'service_tier',
  'container',
  'context_management',
  'mcp_servers',
  'output_config',
  'output_format',
  'cache_control',
  'inference_geo',
  'speed',
  'safeguards',
  'diagnostics',
  'fallbacks',
]);

/** Finds a top-level field that Anthropic's API does not know. */
export function findExtraField(body: JsonObject): string | undefined {
  const extra = Object.keys(body).find((name) => !topLevelFields.has(name));
  return extra === undefined ? undefined : `${extra}: Extra inputs are not permitted`;
}
