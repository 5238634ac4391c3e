import type { BackendAuth, BackendCredentialOverride } from '@aigw/api-types';
import type { AwsCredentials } from '@aigw/aws-auth';
import { AuthError, type AuthRequest, type RequestOrigin } from './backend-auth.ts';

type Kind = 'aws' | 'apiKey' | 'anthropicAPIKey';

/** Where credentials are looked for when the configuration does not say; for AWS the start of three headers' names. */
const defaultHeaders: Readonly<Record<Kind, string>> = {
  aws: 'x-aigw-aws-',
  apiKey: 'x-aigw-api-key',
  anthropicAPIKey: 'x-aigw-anthropic-api-key',
};
const defaultMetadataKeys: Readonly<Record<Kind, string>> = {
  ...defaultHeaders,
  aws: 'x-aigw-aws-credentials',
};

const awsParts = [
  { header: 'access-key-id', field: 'accessKeyId' },
  { header: 'secret-access-key', field: 'secretAccessKey' },
  { header: 'session-token', field: 'sessionToken' },
] as const;

/** The AWS credentials that a request brings itself, or `undefined`. @throws AuthError when only a part of them came. */
export function readAwsOverride(
  override: BackendCredentialOverride,
  { origin }: AuthRequest,
): AwsCredentials | undefined {
  const parts = awsParts.map(({ header, field }) =>
    readPart(override, origin, { kind: 'aws', header, field }),
  );
  const [accessKeyId, secretAccessKey, sessionToken] = parts;
  if (parts.every((part) => part === undefined)) return undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const missing = accessKeyId === undefined ? 'access key id' : 'secret access key';
    throw new AuthError('missing_credential', `the request's AWS credentials lack the ${missing}`);
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** The key that a request brings itself, or `undefined`. */
export function readKeyOverride(
  kind: Exclude<Kind, 'aws'>,
  override: BackendCredentialOverride,
  { origin }: AuthRequest,
): string | undefined {
  return readPart(override, origin, { kind, header: '' })?.replace(/^Bearer +/i, '');
}

/** The lower-case names of all headers that hold credentials for this backend: no backend is to see them. */
export function overrideHeaders(auth: BackendAuth): readonly string[] {
  const { credentialOverride } = auth;
  if (credentialOverride === undefined) return [];
  const { inputHeadersToRemove } = credentialOverride;
  if (isFromMetadata(credentialOverride)) return inputHeadersToRemove;
  const kind = kindOf(auth);
  const start = headerStart(credentialOverride, kind);
  const names = kind === 'aws' ? awsParts.map(({ header }) => start + header) : [start];
  return [...names, ...inputHeadersToRemove];
}

function kindOf({ aws, apiKey }: BackendAuth): Kind {
  if (aws !== undefined) return 'aws';
  return apiKey === undefined ? 'anthropicAPIKey' : 'apiKey';
}

function headerStart({ headerName }: BackendCredentialOverride, kind: Kind): string {
  return headerName === undefined || headerName === '' ? defaultHeaders[kind] : headerName;
}

function isFromMetadata({ dynamicMetadataNamespace: namespace }: BackendCredentialOverride): boolean {
  return namespace !== undefined && namespace !== '';
}

interface Part {
  readonly kind: Kind;
  /** The rest of the header's name. */
  readonly header: string;
  /** The field of the metadata's value, where it is a struct. */
  readonly field?: string;
}

/** An empty text is as good as none. */
function readPart(
  override: BackendCredentialOverride,
  origin: RequestOrigin | undefined,
  { kind, header, field }: Part,
): string | undefined {
  const found = isFromMetadata(override)
    ? readMetadata(override, origin, kind, field)
    : origin?.headers.get(headerStart(override, kind) + header);
  if (typeof found !== 'string') return undefined;
  const text = found.trim();
  return text === '' ? undefined : text;
}

function readMetadata(
  { dynamicMetadataNamespace: namespace = '', dynamicMetadataKey: key }: BackendCredentialOverride,
  origin: RequestOrigin | undefined,
  kind: Kind,
  field: string | undefined,
): unknown {
  const name = key === undefined || key === '' ? defaultMetadataKeys[kind] : key;
  const value = member(origin?.metadata[namespace], name);
  return field === undefined ? value : member(value, field);
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
