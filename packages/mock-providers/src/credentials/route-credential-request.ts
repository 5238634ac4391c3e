import type { CredentialService } from './credential-context.ts';

/** The service that gives credentials at a path, as real hosts have it: each has a host of its own there. */
export function routeCredentialRequest(method: string, path: string): CredentialService | undefined {
  if (path === '/' && method === 'POST') return 'sts';
  if (path.startsWith('/oidc/')) return 'oidc';
  if (path === '/v1/credentials' && method === 'GET') return 'pod-identity';
  if (path.startsWith('/v2/credentials') && method === 'GET') return 'ecs';
  return path.startsWith('/latest/') ? 'imds' : undefined;
}
