import type { Endpoint } from '@aigw/translator';

/** Upper bounds of the histograms, as OpenTelemetry's conventions for generative AI have them. */
export const buckets = {
  tokens: Array.from({ length: 14 }, (_, index) => 4 ** index),
  durationSeconds: Array.from({ length: 14 }, (_, index) => 0.01 * 2 ** index),
  timeToFirstTokenSeconds: [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 20, 30, 45, 60,
  ],
  timePerOutputTokenSeconds: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
} as const;

/** `gen_ai.operation.name` of an endpoint. @see https://opentelemetry.io/docs/specs/semconv/gen-ai/ */
export const operationNames: Readonly<Record<Endpoint, string>> = {
  chatCompletions: 'chat',
  completions: 'completion',
  embeddings: 'embeddings',
  responses: 'responses',
  messages: 'messages',
  countTokens: 'count_tokens',
};

const providerNames: ReadonlyMap<string, string> = new Map([
  ['OpenAI', 'openai'],
  ['Anthropic', 'anthropic'],
  ['AWSBedrock', 'aws.bedrock'],
  ['AWSAnthropic', 'aws.anthropic'],
  ['AzureOpenAI', 'azure.openai'],
  ['Cohere', 'cohere'],
  ['GCPVertexAI', 'gcp.vertex_ai'],
  ['GCPAnthropic', 'gcp.anthropic'],
]);

/** `gen_ai.provider.name` of a schema; the backend's name for schemas that have none. */
export function providerName(schema: string, backend: string): string {
  return providerNames.get(schema) ?? backend;
}

/** An attribute's name as a Prometheus label: `session.id` becomes `session_id`. */
export function labelName(attribute: string): string {
  return attribute.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}
