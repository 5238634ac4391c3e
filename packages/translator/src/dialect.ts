import type { Dialect, Endpoint } from './translator.ts';

const dialects = {
  chatCompletions: 'openai',
  completions: 'openai',
  embeddings: 'openai',
  responses: 'openai',
  messages: 'anthropic',
  countTokens: 'anthropic',
} as const satisfies Record<Endpoint, Dialect>;

/** The dialect in which the clients of an endpoint read errors. */
export function dialectOf(endpoint: Endpoint): Dialect {
  return dialects[endpoint];
}

/** The response header in which the SDKs of a dialect look for the id of a request. */
export function requestIdHeader(dialect: Dialect): string {
  return dialect === 'anthropic' ? 'request-id' : 'x-request-id';
}
