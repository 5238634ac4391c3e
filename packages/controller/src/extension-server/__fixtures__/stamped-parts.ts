import {
  type Cluster,
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
  type PostTranslateModifyResponse,
} from '@aigw/envoy-proto/xds';
import { unpack } from '../messages.ts';

/** The cluster of the recordings that has two backends. */
export const twoBackends = 'httproute/default/extra/rule/0';

/** A cluster that must be there. */
export function clusterOf({ clusters }: PostTranslateModifyResponse, name: string): Cluster {
  const found = clusters.find((cluster) => cluster.name === name);
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found;
}

/** What is stamped on the endpoints of a cluster. */
export const ours = (cluster: Cluster): Record<string, unknown>[][] =>
  (cluster.loadAssignment?.endpoints ?? []).map(({ lbEndpoints }) =>
    lbEndpoints.map(({ metadata }) => metadata?.filterMetadata['aigateway.envoy.io'] ?? {}),
  );

export function managersOf({ listeners }: PostTranslateModifyResponse): HttpConnectionManager[] {
  return listeners.flatMap(({ filterChains, defaultFilterChain }) =>
    [...filterChains, ...(defaultFilterChain ? [defaultFilterChain] : [])].flatMap(({ filters }) =>
      filters.flatMap(({ configType }) =>
        configType.case === 'typedConfig'
          ? (unpack(HttpConnectionManagerSchema, configType.value) ?? [])
          : [],
      ),
    ),
  );
}

/** The connection manager that serves routes. */
export function managerOf(response: PostTranslateModifyResponse): HttpConnectionManager {
  const found = managersOf(response).find(({ routeSpecifier }) => routeSpecifier.case === 'rds');
  if (found === undefined) throw new Error('no listener with routes');
  return found;
}
