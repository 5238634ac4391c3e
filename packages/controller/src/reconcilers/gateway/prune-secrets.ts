import {
  filterConfigLabel,
  filterConfigPartName,
  filterConfigSecretName,
  managedBy,
  managedByLabel,
  maxConfigParts,
} from '@aigw/planner';
import { type KubeObject, keyOfMetadata, type ObjectKey, splitKey } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import type { ReconcileContext } from '../reconcile-context.ts';

/** When what could not be removed is tried again: mostly it is a right that is missing. */
const pruneRetryMs = 60_000;

/** Anybody can write an annotation or a name: what is removed has both our labels and a name that is this Gateway's alone. */
function findOwnSecrets(
  { state, sha256Hex, envoyGatewayNamespace }: ReconcileContext,
  key: ObjectKey,
): KubeObject[] {
  const { namespace, name } = splitKey(key);
  const index = filterConfigSecretName(namespace, name, sha256Hex);
  const parts = Array.from({ length: maxConfigParts }, (_, part) => filterConfigPartName(index, part));
  const places = new Set([envoyGatewayNamespace, namespace]);
  return [...places]
    .flatMap((place) =>
      [index, ...parts].flatMap((secret) => state.store('Secret').get(`${place}/${secret}`) ?? []),
    )
    .filter(
      ({ metadata: { labels } }) =>
        labels?.[managedByLabel] === managedBy && labels[filterConfigLabel] !== undefined,
    );
}

/**
 * Removes the Secrets of a Gateway that are not wanted, wherever its proxies are or were; an index that names a part is always
 * written before the part goes. What cannot be removed hinders nothing else.
 */
export async function pruneSecrets(
  context: ReconcileContext,
  key: ObjectKey,
  wanted: ReadonlySet<ObjectKey>,
): Promise<void> {
  const { applier, logger, enqueue } = context;
  for (const secret of findOwnSecrets(context, key)) {
    const object = keyOfMetadata(secret.metadata);
    if (wanted.has(object)) continue;
    try {
      await applier.remove(resourceTypes.Secret, secret);
    } catch (error) {
      logger.warn('a Secret of no more use cannot be removed', { gateway: key, object, error });
      enqueue('Gateway', key, pruneRetryMs);
    }
  }
}
