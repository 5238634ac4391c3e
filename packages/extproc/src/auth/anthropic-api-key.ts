import type { BackendAuthenticator } from './backend-auth.ts';
import { createFixedHeader } from './fixed-header.ts';

/** `x-api-key: <key>`. @see https://docs.anthropic.com/en/api/overview#authentication */
export function createAnthropicApiKey(key: string): BackendAuthenticator {
  return createFixedHeader('x-api-key', key, (value) => value);
}
