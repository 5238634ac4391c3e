import { aiGatewayGroup } from '@aigw/api-types';
import type { Sha256Hex } from '@aigw/planner';
import type { GatewaySidecar } from './inject-sidecar.ts';
import { type SidecarDefaults, sidecarContainer } from './sidecar-container.ts';
import { sidecarPodVolumes } from './sidecar-volumes.ts';

/** On pods: which sidecar they have. Written by whoever injected it, so that it is true also of a replica of another version. */
export const sidecarDigestAnnotation = `${aiGatewayGroup}/sidecar-digest`;

/** On pod templates, and so on their pods: whether they have our container, `enabled` or `disabled`. A changed template makes new pods. */
export const sidecarAnnotation = `${aiGatewayGroup}/sidecar`;

/** What a pod's sidecar is made of, except for what depends on the pod itself (the identity that AWS's webhook gives it). */
export function digestSidecar(
  { configSecret, overrides }: GatewaySidecar,
  defaults: SidecarDefaults,
  sha256Hex: Sha256Hex,
): string {
  const container = sidecarContainer(defaults, overrides);
  const { imagePullSecrets } = defaults;
  return sha256Hex(
    JSON.stringify({ container, volumes: sidecarPodVolumes(configSecret), imagePullSecrets }),
  ).slice(0, 16);
}
