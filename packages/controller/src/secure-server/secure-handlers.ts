import { configServer } from '@aigw/api-types';
import { sha256Hex } from '@aigw/service-runtime';
import { createFilterConfigHandler } from '../config-server/filter-config-handler.ts';
import { createIdentifyProxy } from '../config-server/identify-proxy.ts';
import { createPublishedConfigs } from '../config-server/published-configs.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { ApiClient } from '../kube/api-client.ts';
import { createFindSidecar } from '../webhook/find-sidecar.ts';
import { createMutateHandler } from '../webhook/mutate-handler.ts';
import { reviewPod } from '../webhook/review.ts';
import type { SidecarDefaults } from '../webhook/sidecar-container.ts';
import type { RequestHandler, RequestHandlers } from './secure-server.ts';

export interface SecureHandlersOptions {
  readonly client: ApiClient;
  readonly plane: ControlPlane;
  /** Whether the cluster has been seen. */
  readonly isReady: () => boolean;
  readonly sidecarDefaults: () => Promise<SidecarDefaults>;
}

async function mutateHandler(options: SecureHandlersOptions): Promise<RequestHandler> {
  const { plane, isReady, sidecarDefaults } = options;
  const findSidecar = createFindSidecar(plane.state.resources, sha256Hex);
  const reviewer = { findSidecar, defaults: await sidecarDefaults(), sha256Hex };
  return createMutateHandler({ isReady, review: (review) => reviewPod(review, reviewer) });
}

function filterConfigHandler({ client, plane, isReady }: SecureHandlersOptions): RequestHandler {
  const configs = createPublishedConfigs(plane.state.store('Secret'), sha256Hex);
  plane.subscribe((change) => {
    configs.note(change);
  });
  const now = (): number => performance.now();
  const identify = createIdentifyProxy({ client, pods: plane.state.store('Pod'), sha256Hex, now });
  return createFilterConfigHandler({ configs, identify, isReady });
}

/**
 * What the API server and the proxies call, from what this replica has seen of the cluster.
 * @throws KubeApiError when the version of the cluster cannot be asked for
 */
export async function createSecureHandlers(options: SecureHandlersOptions): Promise<RequestHandlers> {
  return { '/mutate': await mutateHandler(options), [configServer.path]: filterConfigHandler(options) };
}
