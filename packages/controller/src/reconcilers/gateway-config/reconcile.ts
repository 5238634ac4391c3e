import { type PlannedCondition, planGatewayConfigConditions } from '@aigw/planner';
import type { ObjectKey } from '../../kube/kube-object.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import type { Reconcile } from '../../manager/controller.ts';
import { gatewaysByConfig } from '../indexes.ts';
import { invalidConditions } from '../invalid-conditions.ts';
import type { ReconcileContext } from '../reconcile-context.ts';

function programmed({ state }: ReconcileContext, key: ObjectKey): PlannedCondition {
  const isNamed = state.store('Gateway').by(gatewaysByConfig, key).length > 0;
  if (isNamed) {
    return { type: 'Programmed', status: 'True', reason: 'Programmed', message: 'A Gateway uses it.' };
  }
  const message =
    'No Gateway of the namespace names it in the annotation aigateway.envoyproxy.io/gateway-config.';
  return { type: 'Programmed', status: 'False', reason: 'NoGateway', message };
}

/** A GatewayConfig: its conditions. */
export function reconcileGatewayConfig(context: ReconcileContext): Reconcile {
  const { state, status } = context;
  const type = resourceTypes.GatewayConfig;
  return async (key) => {
    const object = state.store('GatewayConfig').get(key);
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return;
    const config = state.find('GatewayConfig', key);
    const conditions =
      config === undefined
        ? invalidConditions(state.issuesOf(object))
        : planGatewayConfigConditions(context, config, programmed(context, key));
    await status.write(type, object, conditions);
  };
}
