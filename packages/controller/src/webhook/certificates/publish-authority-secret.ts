import { managedBy, managedByLabel, type Sha256Hex } from '@aigw/planner';
import type { ApiClient } from '../../kube/api-client.ts';
import { hasStatus } from '../../kube/api-error.ts';
import { createApplier } from '../../kube/apply.ts';
import type { KubeObject } from '../../kube/kube-object.ts';
import { objectPath, resourceTypes } from '../../kube/resource-types.ts';

/** The Secret in which Envoy Gateway looks for who signs the extension server's certificate. */
export interface AuthorityPlace {
  readonly client: ApiClient;
  readonly sha256Hex: Sha256Hex;
  readonly namespace: string;
  readonly name: string;
}

async function read({ client, namespace, name }: AuthorityPlace): Promise<KubeObject | undefined> {
  try {
    const path = objectPath(resourceTypes.Secret, namespace, name);
    return (await client.request({ method: 'GET', path })) as KubeObject;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/**
 * Writes a bundle of authorities (PEM) where it differs. Envoy Gateway reads it at each handshake, under `tls.crt`.
 * @throws KubeApiError
 * @see https://gateway.envoyproxy.io/docs/api/extension_types/#extensiontls
 */
export async function publishAuthoritySecret(place: AuthorityPlace, authority: string): Promise<boolean> {
  const { client, sha256Hex, namespace, name } = place;
  const desired = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name, labels: { [managedByLabel]: managedBy } },
    type: 'Opaque',
    data: { 'tls.crt': Buffer.from(authority, 'utf8').toString('base64') },
  };
  const written = await createApplier(client, sha256Hex).apply(
    resourceTypes.Secret,
    desired,
    await read(place),
  );
  return written !== undefined;
}
