import {
  AwsAuthError,
  buildEndpointHost,
  createSigner,
  type CredentialCache,
  isSameHost,
  regionOfHost,
  resolveRegion,
  type Signer,
} from '@aigw/aws-auth';
import { AuthError, type AuthRequest, type BackendAuthenticator } from './backend-auth.ts';

export interface AwsSigV4Options {
  readonly credentials: CredentialCache;
  /** The region of the policy, checked. */
  readonly region?: string | undefined;
  /** The only host that may be signed for; absent: the one that each request names. */
  readonly host?: string | undefined;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** Hears of failures in full; clients do not. */
  readonly onError: (error: AwsAuthError) => void;
}

/** Signature version 4 for Bedrock, over the host and path that are really sent. */
export function createAwsSigV4(options: AwsSigV4Options): BackendAuthenticator {
  const sign = createSigner();
  return { apply: async (request) => ({ set: await signRequest(request, options, sign), remove: [] }) };
}

async function signRequest(
  request: AuthRequest,
  { credentials, region: configured, host: allowed, now, onError }: AwsSigV4Options,
  sign: Signer,
): ReturnType<Signer> {
  try {
    const host = chooseHost(request.host, allowed, configured);
    const region = regionOfHost(host) ?? resolveRegion({ configured, model: modelOfPath(request.path) });
    return await sign(
      { ...request, host },
      { credentials: await credentials.get(), region, now: new Date(now()) },
    );
  } catch (error) {
    if (!AwsAuthError.is(error)) throw error;
    if (error.code !== 'credentials_unavailable') onError(error);
    throw toAuthError(error);
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
  const message =
    cause.code === 'credentials_unavailable' || cause.code === 'invalid_credentials_file'
      ? 'the gateway has no AWS credentials for this backend at the moment'
      : `the gateway cannot sign requests to this backend: ${cause.message}`;
  return new AuthError('credentials_unavailable', message, { cause });
}
