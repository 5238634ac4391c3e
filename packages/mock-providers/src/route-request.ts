import type { OpenAiOperation } from './openai/openai.ts';
import type { BedrockOperation } from './bedrock/bedrock.ts';
import type { CredentialService } from './credentials/credential-context.ts';
import { routeCredentialRequest } from './credentials/route-credential-request.ts';

/** Where a request goes, by its method and path. */
export type Route =
  | { readonly provider: 'bedrock'; readonly operation: BedrockOperation; readonly modelId: string }
  | { readonly provider: 'anthropic'; readonly operation: 'messages' | 'count_tokens' }
  | { readonly provider: 'openai'; readonly operation: OpenAiOperation }
  | { readonly provider: 'bedrock'; readonly operation: 'none' }
  | { readonly provider: CredentialService }
  | { readonly provider: 'unknown'; readonly operation: 'health' | 'none' };

const bedrockPath =
  /^\/model\/([^/]+)\/(converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$/;

const fixedRoutes: Readonly<Record<string, Route>> = {
  'POST /v1/messages': { provider: 'anthropic', operation: 'messages' },
  'POST /v1/messages/count_tokens': { provider: 'anthropic', operation: 'count_tokens' },
  'POST /v1/chat/completions': { provider: 'openai', operation: 'chat-completions' },
  'POST /v1/completions': { provider: 'openai', operation: 'completions' },
  'POST /v1/embeddings': { provider: 'openai', operation: 'embeddings' },
  'POST /v1/responses': { provider: 'openai', operation: 'responses' },
  'GET /v1/models': { provider: 'openai', operation: 'models' },
  'GET /health': { provider: 'unknown', operation: 'health' },
};

/** Chooses the provider and operation; the query plays no part. */
export function routeRequest(method: string, target: string): Route {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!path.startsWith('/model/')) {
    const service = routeCredentialRequest(method, path);
    if (service !== undefined) return { provider: service };
    return fixedRoutes[`${method} ${path}`] ?? { provider: 'unknown', operation: 'none' };
  }
  const [, segment, operation] = bedrockPath.exec(path) ?? [];
  const modelId = segment === undefined ? undefined : decodeSegment(segment);
  if (method !== 'POST' || modelId === undefined || !isOperation(operation)) {
    return { provider: 'bedrock', operation: 'none' };
  }
  return { provider: 'bedrock', operation, modelId };
}

function isOperation(text: string | undefined): text is BedrockOperation {
  return text !== undefined;
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
