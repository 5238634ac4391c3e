import { createHash } from 'node:crypto';
import type { FilterConfig } from '@aigw/api-types';
import type { CredentialCache } from '@aigw/aws-auth';
import { createTranslator, type Endpoint, parseClientRequest } from '@aigw/translator';
import { createCredentialPool, type CredentialLease } from '../auth/credential-pool.ts';
import { compileConfig } from '../config/compile-config.ts';
import type { RuntimeBackend } from '../config/runtime-config.ts';
import { planAttemptHeaders } from '../processors/attempt-headers.ts';
import { mutateBody } from '../processors/body-mutation.ts';
import { createHeaderPlan } from '../processors/header-plan.ts';

/** A client's request to try a backend with. */
export interface PreviewRequest {
  readonly endpoint: Endpoint;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** JSON. */
  readonly body: Uint8Array;
}

/** A request as it goes out, authentication included; its host is the backend's. */
export interface OutgoingRequest {
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** What the data plane would do for one backend. */
export interface BackendPreview {
  /** Of a backend whose requests are signed: the very same object for all backends of one policy. */
  readonly credentials?: CredentialCache;
  /**
   * Translates and authenticates a request exactly as an attempt of the data plane does.
   * @throws TranslationError, or the error of an authentication that cannot be had; neither holds a secret.
   */
  build(request: PreviewRequest): Promise<OutgoingRequest>;
}

/** The backends of a configuration by their names, without a server in front of them. `now` is Unix time in milliseconds. */
export function createBackendPreviews(
  config: FilterConfig,
  now: () => number,
): ReadonlyMap<string, BackendPreview> {
  const ignore = (): void => undefined;
  const caches = new Map<string, CredentialCache>();
  const compiled = compileConfig(config, {
    generation: 1,
    credentials: recordCaches(createCredentialPool({ now, random: Math.random, onError: ignore }), caches),
    now,
    onAuthProblem: ignore,
    onCostError: ignore,
    onCostIssues: ignore,
  });
  return new Map(
    [...compiled.backends].map(([name, backend]) => {
      const credentials = caches.get(backend.name);
      const build = (request: PreviewRequest): Promise<OutgoingRequest> =>
        buildRequest(request, backend, now);
      return [name, { ...(credentials && { credentials }), build }];
    }),
  );
}

function recordCaches(
  pool: { lease: () => CredentialLease },
  caches: Map<string, CredentialCache>,
): CredentialLease {
  const lease = pool.lease();
  return {
    ...lease,
    get(auth, user) {
      const cache = lease.get(auth, user);
      caches.set(user, cache);
      return cache;
    },
  };
}

async function buildRequest(
  { endpoint, headers, body: clientBody }: PreviewRequest,
  backend: RuntimeBackend,
  now: () => number,
): Promise<OutgoingRequest> {
  const client = parseClientRequest({ endpoint, path: '/', headers, body: clientBody });
  const request = createTranslator(client, backend.target, {
    requestId: 'preview',
    nowSeconds: Math.floor(now() / 1000),
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  }).request();
  const body = mutateBody(request.body ?? clientBody, backend.bodyMutation);
  const { path } = request;
  const authentication = await backend.auth.apply({ method: 'POST', path, host: backend.host ?? '', body });
  const plan = createHeaderPlan();
  for (const [name, value] of headers) plan.set(name, value);
  planAttemptHeaders(plan, { backend, request, authentication });
  return { path, headers: plan.build().set, body };
}
