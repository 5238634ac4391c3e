import { randomBytes } from 'node:crypto';

/** Session tokens of the instance metadata service. */
export interface MetadataTokens {
  create(ttlSeconds: number): string;
  isValid(token: string): boolean;
}

const maxTokens = 1000;

/** No tokens yet; of more than a thousand the oldest are forgotten. */
export function createMetadataTokens(now: () => Date): MetadataTokens {
  const expirations = new Map<string, number>();
  return {
    create(ttlSeconds) {
      const token = `AQAE${randomBytes(38).toString('base64url')}==`;
      expirations.set(token, now().getTime() + ttlSeconds * 1000);
      for (const oldest of expirations.keys()) {
        if (expirations.size <= maxTokens) break;
        expirations.delete(oldest);
      }
      return token;
    },
    isValid: (token) => (expirations.get(token) ?? 0) > now().getTime(),
  };
}
