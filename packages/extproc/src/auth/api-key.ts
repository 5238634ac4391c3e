import type { BackendAuthenticator } from './backend-auth.ts';
import { createFixedHeader } from './fixed-header.ts';

/** `Authorization: Bearer <key>`, for OpenAI-compatible servers and Bedrock API keys. */
export function createApiKey(key: string): BackendAuthenticator {
  return createFixedHeader('authorization', key, (value) => `Bearer ${value}`);
}
