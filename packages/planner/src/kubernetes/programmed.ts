import type { ConditionReason, PlannedCondition } from './conditions.ts';

/** What Envoy Gateway says about an HTTPRoute. @see https://gateway-api.sigs.k8s.io/reference/spec/#routestatus */
export interface RouteParentStatus {
  readonly parentRef?: { readonly name?: string; readonly namespace?: string };
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    readonly observedGeneration?: number;
  }[];
}

/** How far what was planned has come. */
export interface RouteProgress {
  /** The Gateways that the route names and that exist, `namespace/name`. */
  readonly gateways: readonly string[];
  /** Those whose filter configuration does not have the route's backends yet. */
  readonly waiting: readonly string[];
  /** Why the API server refuses what was planned. */
  readonly refusal?: string;
  /** The HTTPRoute as it is in the cluster; absent until it is. */
  readonly httpRoute?: { readonly generation: number; readonly parents: readonly RouteParentStatus[] };
}

const not = (reason: ConditionReason, message: string): PlannedCondition => ({
  type: 'Programmed',
  status: 'False',
  reason,
  message,
});

const isRefused = ({ type, status }: { type: string; status: string }): boolean =>
  type === 'Accepted' && status === 'False';

function refusedBy(parents: readonly RouteParentStatus[]): string[] {
  return parents.flatMap(({ parentRef, conditions = [] }) =>
    conditions
      .filter(isRefused)
      .map(({ reason, message }) => `Gateway ${parentRef?.name ?? ''}: ${reason ?? ''}: ${message ?? ''}`),
  );
}

/** True when a parent has looked at this generation and taken it. */
const isTaken = (generation: number, { conditions = [] }: RouteParentStatus): boolean =>
  conditions.some(
    ({ type, status, observedGeneration }) =>
      type === 'Accepted' && status === 'True' && (observedGeneration ?? 0) >= generation,
  );

/** Whether requests are served as the route says. */
export function planProgrammed(progress: RouteProgress): PlannedCondition {
  const { gateways, waiting, refusal, httpRoute } = progress;
  if (refusal !== undefined) return not('Refused', refusal);
  if (gateways.length === 0) {
    return not('NoGateway', 'No Gateway that it names exists: create one, or correct spec.parentRefs.');
  }
  if (waiting.length > 0) {
    return not('Pending', `The configuration of Gateway ${waiting.join(', ')} is being written.`);
  }
  if (httpRoute === undefined) return not('Pending', 'The HTTPRoute is being written.');
  const refused = refusedBy(httpRoute.parents);
  if (refused.length > 0) return not('Refused', `Envoy Gateway does not take it: ${refused.join('; ')}`);
  if (!httpRoute.parents.some((parent) => isTaken(httpRoute.generation, parent))) {
    return not(
      'Pending',
      'Envoy Gateway has not taken the HTTPRoute yet; is it running, and is the GatewayClass its own?',
    );
  }
  return {
    type: 'Programmed',
    status: 'True',
    reason: 'Programmed',
    message: 'Envoy Gateway serves the route.',
  };
}

/** Whether a resource that others refer to takes part: it does once nothing is wrong with it. */
export function planTakingPart(conditions: readonly PlannedCondition[]): PlannedCondition {
  const wrong = conditions.find(({ type, status }) => type !== 'NotAccepted' && status === 'False');
  if (wrong !== undefined) return not(wrong.reason, wrong.message);
  return {
    type: 'Programmed',
    status: 'True',
    reason: 'Programmed',
    message: 'It is part of the configuration of the routes that refer to it.',
  };
}
