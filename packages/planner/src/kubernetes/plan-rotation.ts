import { aiGatewayGroup, type AwsAuth, namespaceOf } from '@aigw/api-types';
import { createProblemLog } from '../resolve/problem-log.ts';
import type { Located, ResourceSet } from '../resolve/resource-set.ts';
import {
  digestExchange,
  type Exchange,
  exchangeAnnotation,
  expirationAnnotation,
  isTime,
  readRotated,
  rotatedKey,
  rotatedSecretName,
} from '../resolve/rotated-credentials.ts';
import { type DesiredObject, ownedBy } from './kubernetes-object.ts';
import { managedBy, managedByLabel, type Sha256Hex } from './names.ts';
import { inspectBackend } from './plan-backend.ts';

/** The annotation of a rotated Secret that says when its credentials are to be renewed (RFC 3339). */
const renewalAnnotation = `${aiGatewayGroup}/renewal-time`;

type Policy = Located<'BackendSecurityPolicy'>;

/** What is to be exchanged for a policy, and where the outcome goes. */
export interface RotationPlan {
  readonly policy: Policy;
  readonly secret: { readonly namespace: string; readonly name: string };
  readonly exchange: Exchange;
  /** Where STS is asked. */
  readonly region: string;
  /** Changes with all that the credentials depend on. */
  readonly digest: string;
}

/** Temporary credentials of a role. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Until when credentials are good, and when they are due: as RFC 3339 has it, in whole seconds and UTC. */
export interface RotationTimes {
  readonly expiration: string;
  readonly renewal: string;
}

interface Sources {
  readonly set: ResourceSet;
  readonly sha256Hex: Sha256Hex;
}

/** What the data plane gets for the backends of a policy that it can use. */
function targetsOf({ set }: Sources, { resource }: Policy): AwsAuth[] {
  const log = createProblemLog();
  return (resource.spec.targetRefs ?? []).flatMap(({ kind, name }) => {
    const backend =
      kind === 'AIServiceBackend' ? set.find('AIServiceBackend', namespaceOf(resource), name) : undefined;
    return (backend && inspectBackend({ set, log }, backend)?.aws) ?? [];
  });
}

/**
 * The exchange of a policy as the data plane would do it; `undefined` for one that has none, that cannot be used, or that no
 * backend uses. A role that is assumed on top is the data plane's own affair.
 */
export function planRotation(sources: Sources, policy: Policy): RotationPlan | undefined {
  const { metadata, spec } = policy.resource;
  if (spec.awsCredentials?.oidcExchangeToken?.oidc === undefined) return undefined;
  const [{ roleArn, oidc, region } = {}] = targetsOf(sources, policy);
  if (roleArn === undefined || oidc === undefined || region === undefined) return undefined;
  const exchange = { roleArn, oidc };
  const { sha256Hex } = sources;
  return {
    policy,
    secret: { namespace: namespaceOf(policy.resource), name: rotatedSecretName(metadata.name, sha256Hex) },
    exchange,
    region,
    digest: digestExchange(exchange, policy, sha256Hex),
  };
}

/** The times of what was rotated before; `undefined` when it is not of this exchange, or somebody has changed it. */
export function readRotationTimes(
  secret: Located<'Secret'>,
  { digest }: RotationPlan,
): RotationTimes | undefined {
  const rotated = readRotated(secret, digest);
  const renewal = secret.resource.metadata.annotations?.[renewalAnnotation] ?? '';
  if (rotated === undefined || !isTime(renewal)) return undefined;
  return { expiration: rotated.expiration, renewal };
}

/** The Secret that users and the data plane read; it goes with its policy. */
export function planRotatedSecret(
  { policy, secret, region, digest }: RotationPlan,
  credentials: SessionCredentials,
  { expiration, renewal }: RotationTimes,
): DesiredObject {
  const file = [
    '[default]',
    `aws_access_key_id = ${credentials.accessKeyId}`,
    `aws_secret_access_key = ${credentials.secretAccessKey}`,
    `aws_session_token = ${credentials.sessionToken}`,
    `region = ${region}`,
    '',
  ].join('\n');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...secret,
      labels: { [managedByLabel]: managedBy },
      annotations: {
        [exchangeAnnotation]: digest,
        [expirationAnnotation]: expiration,
        [renewalAnnotation]: renewal,
      },
      ...ownedBy(policy.resource),
    },
    type: 'Opaque',
    data: { [rotatedKey]: btoa(file) },
  };
}
