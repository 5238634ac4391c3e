import { planGatewayConfig } from '@aigw/planner';
import type { ReconcileContext } from '../reconcile-context.ts';

/** The names that the backends of a Gateway have in its configuration. */
export function plannedBackends(
  { state, sha256Hex, checkCel }: ReconcileContext,
  key: string,
): ReadonlySet<string> {
  const gateway = state.find('Gateway', key);
  const config = gateway && planGatewayConfig({ set: state.resources, sha256Hex, checkCel }, gateway);
  return new Set(config?.backends.map(({ name }) => name));
}
