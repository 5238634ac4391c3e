import {
  AwsAuthError,
  type AwsCredentials,
  buildEndpointHost,
  createSigner,
  isSameHost,
  type ProviderClock,
  readSigningRefusal,
  regionOfHost,
  resolveRegion,
  type Signer,
} from '@aigw/aws-auth';
import {
  type Authentication,
  AuthError,
  type AuthRequest,
  type BackendAuthenticator,
} from './backend-auth.ts';

/** Whose credentials one request is signed with, and what can be done when AWS refuses them. */
export interface SigningIdentity {
  readonly credentials: AwsCredentials | Promise<AwsCredentials>;
  readonly clock: ProviderClock;
  /** Fetches others in place of those; absent: there are no others. */
  readonly replace?: (refused: AwsCredentials) => Promise<boolean>;
}

export interface AwsSigV4Options {
  /** @throws AwsAuthError, or AuthError when the request itself lacks credentials. */
  readonly identify: (request: AuthRequest) => SigningIdentity;
  /** The region of the policy, checked. */
  readonly region?: string | undefined;
  /** The only host that may be signed for; absent: the one that each request names. */
  readonly host?: string | undefined;
  /** Hears of failures in full; clients do not. */
  readonly onError: (error: AwsAuthError) => void;
}

/** Signature version 4 for Bedrock, over the host and path that are really sent. */
export function createAwsSigV4(options: AwsSigV4Options): BackendAuthenticator {
  const sign = createSigner();
  return { apply: (request) => signRequest(request, options, sign) };
}

async function signRequest(
  request: AuthRequest,
  { identify, region: configured, host: allowed, onError }: AwsSigV4Options,
  sign: Signer,
): Promise<Authentication> {
  try {
    const { method, path, body } = request;
    const host = chooseHost(request.host, allowed, configured);
    const region = regionOfHost(host) ?? resolveRegion({ configured, model: modelOfPath(path) });
    const identity = identify(request);
    const credentials = await identity.credentials;
    const now = new Date(identity.clock.now());
    const set = await sign({ method, path, host, body }, { credentials, region, now });
    return { set, remove: [], review: (headers) => review(headers, identity, credentials) };
  } catch (error) {
    if (!AwsAuthError.is(error)) throw error;
    if (error.code !== 'credentials_unavailable') onError(error);
    throw toAuthError(error);
  }
}

/** What AWS says of the time is believed only where it refuses the one in the signature. */
async function review(
  headers: ReadonlyMap<string, string>,
  { clock, replace }: SigningIdentity,
  credentials: AwsCredentials,
): Promise<boolean> {
  switch (readSigningRefusal(headers.get('x-amzn-errortype'))) {
    case 'time':
      return clock.learn(headers.get('date'));
    case 'credentials':
      return (await replace?.(credentials)) ?? false;
    case undefined:
      return false;
  }
}

function chooseHost(requested: string, allowed: string | undefined, region: string | undefined): string {
  if (requested === '') return allowed ?? buildEndpointHost(resolveRegion({ configured: region }));
  if (allowed !== undefined && !isSameHost(requested, allowed)) {
    throw new AwsAuthError('host_mismatch', 'the request would go to another host than the configured one');
  }
  return requested;
}

/** The model in `/model/{id}/...`, decoded; ARNs in it name their region. */
function modelOfPath(path: string): string | undefined {
  const segment = /^\/model\/([^/?]+)/.exec(path)?.[1];
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function toAuthError(cause: AwsAuthError): AuthError {
  const retryAfterSeconds = Math.max(1, Math.ceil((cause.retryAfterMs ?? 0) / 1000));
  const message =
    cause.code === 'credentials_unavailable' || cause.code === 'invalid_credentials_file'
      ? 'the gateway has no AWS credentials for this backend at the moment'
      : `the gateway cannot sign requests to this backend: ${cause.message}`;
  return new AuthError('credentials_unavailable', message, { cause, retryAfterSeconds });
}
