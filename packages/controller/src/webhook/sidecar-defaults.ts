import type { ControllerFlags } from '../flags.ts';
import type { ApiClient } from '../kube/api-client.ts';
import { knowsNativeSidecars } from './native-sidecars.ts';
import type { SidecarDefaults } from './sidecar-container.ts';

export interface SidecarDefaultsOptions {
  readonly flags: ControllerFlags;
  readonly client: ApiClient;
  /** Our own. */
  readonly namespace: string;
}

/**
 * What this installation's sidecars have in common, for the webhook that injects them and for whoever compares. The cluster's
 * version is asked for once, and again after a failure.
 */
export function createSidecarDefaults({
  flags,
  client,
  namespace,
}: SidecarDefaultsOptions): () => Promise<SidecarDefaults> {
  const { sidecar, extprocContainer, extprocSocket, serviceName, webhookPort } = flags;
  let known: SidecarDefaults | undefined;
  return async () => {
    known ??= {
      ...sidecar,
      containerName: extprocContainer,
      socket: extprocSocket,
      imagePullSecrets: sidecar.imagePullSecrets.map((name) => ({ name })),
      configServer: `https://${serviceName}.${namespace}.svc:${webhookPort}`,
      isNative: await knowsNativeSidecars(client),
    };
    return known;
  };
}
