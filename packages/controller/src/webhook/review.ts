import { owningGatewayName, owningGatewayNamespace, type Sha256Hex } from '@aigw/planner';
import { type GatewaySidecar, injectSidecar } from './inject-sidecar.ts';
import type { Pod } from './pod.ts';
import { sidecarAnnotation } from './sidecar-digest.ts';
import type { SidecarDefaults } from './sidecar-container.ts';

/** @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response */
export interface AdmissionReview {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: true;
    readonly patchType?: 'JSONPatch';
    readonly patch?: string;
  };
}

/**
 * What the proxies of a Gateway get; `undefined` for one that serves no AI route. Where a leader has promised a sidecar, the
 * route is one that this replica has not seen yet, or the last one that has just gone: the leader takes the promise back then,
 * and the pod is made anew.
 */
export type FindSidecar = (
  namespace: string,
  name: string,
  isPromised?: boolean,
) => GatewaySidecar | undefined;

/** What a review is made with. */
export interface PodReviewer {
  readonly findSidecar: FindSidecar;
  readonly defaults: SidecarDefaults;
  readonly sha256Hex: Sha256Hex;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function findGateway({ metadata = {} }: Pod, findSidecar: FindSidecar): GatewaySidecar | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const { [owningGatewayNamespace]: namespace, [owningGatewayName]: name } = labels;
  if (namespace === undefined || name === undefined) return undefined;
  return findSidecar(namespace, name, annotations[sidecarAnnotation] === 'enabled');
}

/** Answers the API server's question about a new pod: every pod is let in, a Gateway's proxies with their sidecar. */
export function reviewPod(
  review: unknown,
  { findSidecar, defaults, sha256Hex }: PodReviewer,
): AdmissionReview | undefined {
  const request = isRecord(review) ? review['request'] : undefined;
  if (!isRecord(request) || typeof request['uid'] !== 'string') return undefined;
  const pod: Pod = isRecord(request['object']) ? request['object'] : {};
  const gateway = findGateway(pod, findSidecar);
  const steps = gateway === undefined ? [] : injectSidecar(pod, gateway, defaults, sha256Hex);
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: request['uid'],
      allowed: true,
      ...(steps.length > 0 && {
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(steps)).toString('base64'),
      }),
    },
  };
}
