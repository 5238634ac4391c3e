import { unsupportedConditions } from '@aigw/planner';
import { resourceTypes } from '../../kube/resource-types.ts';
import type { Reconcile } from '../../manager/controller.ts';
import { releaseDeleted } from '../former-finalizer.ts';
import type { ReconcileContext } from '../reconcile-context.ts';

const messages = {
  MCPRoute: 'This gateway does not serve the Model Context Protocol: the resource has no effect.',
  QuotaPolicy: 'This gateway does not enforce quotas yet: the resource has no effect.',
} as const;

const isUnsupported = (kind: string): kind is keyof typeof messages => Object.hasOwn(messages, kind);

/** Kinds that are accepted and have no effect: their conditions say so. Keys are `Kind namespace/name`. */
export function reconcileUnsupported({ state, client, status }: ReconcileContext): Reconcile {
  return async (qualified) => {
    const [kind = '', key = ''] = qualified.split(' ');
    if (!isUnsupported(kind)) return;
    const object = state.store(kind).get(key);
    if (object === undefined) return;
    if (object.metadata.deletionTimestamp !== undefined)
      return releaseDeleted(client, resourceTypes[kind], object);
    await status.write(resourceTypes[kind], object, unsupportedConditions(messages[kind]));
  };
}
