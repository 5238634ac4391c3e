import { aiGatewayGroup } from '@aigw/api-types';

/** On pod templates, and so on their pods: the sidecar that was wanted when they were last rolled, and which attempt it was. */
export const rolloutAnnotation = `${aiGatewayGroup}/sidecar-rollout`;

/**
 * How long a difference has to stand. While the controller itself is upgraded, replicas of both versions answer the API
 * server, and proxies that the other one has made are not made anew for the time that it takes.
 */
export const settleMs = 60_000;

/** A sidecar that no attempt brings is somebody else's doing. */
export const maxRollouts = 3;

export interface RolloutState {
  /** The digest of the sidecar that new pods get, or what says that they get none. */
  readonly wanted: string;
  /** The annotation of the template. */
  readonly template: string | undefined;
  /** Of the live pods that count: the digest of the sidecar that they have, and the annotation of the template they were made of. */
  readonly pods: readonly { readonly digest: string | undefined; readonly rollout: string | undefined }[];
  /** For how long this has been so; without end where this controller has seen somebody ask for another sidecar. */
  readonly standsForMs: number;
}

export type Rollout =
  | { readonly kind: 'none' }
  /** The template's annotation that makes new pods. */
  | { readonly kind: 'roll'; readonly value: string }
  | { readonly kind: 'wait'; readonly ms: number }
  /** Pods keep another sidecar although they were made anew. */
  | { readonly kind: 'stuck' };

/** How many times the template was rolled for this sidecar. */
function attemptsOf(wanted: string, template = ''): number {
  return template.startsWith(`${wanted}.`) ? Number(template.slice(wanted.length + 1)) || 0 : 0;
}

/** Whether the pods of a proxy are to be made anew for the sake of their sidecar. */
export function planRollout({ wanted, template, pods, standsForMs }: RolloutState): Rollout {
  const stale = pods.filter(({ digest }) => digest !== wanted);
  const attempts = attemptsOf(wanted, template);
  // Those of before are on their way out; only new ones say that something is wrong.
  const counting = attempts === 0 ? stale : stale.filter(({ rollout }) => rollout === template);
  if (counting.length === 0) return { kind: 'none' };
  if (attempts >= maxRollouts) return { kind: 'stuck' };
  if (standsForMs < settleMs) return { kind: 'wait', ms: settleMs - standsForMs };
  return { kind: 'roll', value: `${wanted}.${attempts + 1}` };
}
