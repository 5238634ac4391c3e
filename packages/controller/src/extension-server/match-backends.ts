import type { Cluster, LbEndpoint, LocalityLbEndpoints } from '@aigw/envoy-proto/xds';
import { isIP } from 'node:net';
import type { StampedBackend, StampedRule } from '@aigw/planner';

/** An endpoint of a cluster and what it is stamped with. */
export interface MatchedEndpoint {
  readonly endpoint: LbEndpoint;
  readonly host: string;
  /** Its DNS name, where it has one. */
  readonly hostname: string | undefined;
}

/** The endpoints of one backendRef. */
export interface MatchedLocality {
  readonly locality: LocalityLbEndpoints;
  readonly backend: StampedBackend;
  readonly endpoints: readonly MatchedEndpoint[];
}

/** What fits what, or why nothing is stamped. */
export type Match =
  | { readonly kind: 'endpoints'; readonly localities: readonly MatchedLocality[] }
  /** The endpoints come later and all belong to one backend. */
  | { readonly kind: 'cluster'; readonly backend: StampedBackend }
  | { readonly kind: 'mismatch'; readonly reason: string };

const mismatch = (reason: string): Match => ({ kind: 'mismatch', reason });

/** A host without its port. */
const nameOf = (host: string): string => host.replace(/:\d+$/, '');

function addressOf(endpoint: LbEndpoint): { name: string; hostname: string | undefined } {
  const given = endpoint.hostIdentifier.case === 'endpoint' ? endpoint.hostIdentifier.value : undefined;
  const socket = given?.address?.address;
  const address = socket?.case === 'socketAddress' ? socket.value.address : '';
  const name = given?.hostname ?? '';
  const hostname = name === '' ? address : nameOf(name);
  return { name: hostname, hostname: hostname === '' || isIP(hostname) !== 0 ? undefined : hostname };
}

function matchEndpoint(endpoint: LbEndpoint, host: string | undefined): MatchedEndpoint | undefined {
  const { hostname } = addressOf(endpoint);
  if (host === undefined) return undefined;
  // Only a name can be compared: an address is named by its certificate.
  if (hostname !== undefined && hostname !== nameOf(host)) return undefined;
  return { endpoint, host, hostname };
}

function backendIndex(locality: LocalityLbEndpoints, only: number | undefined): number | undefined {
  if (only !== undefined) return only;
  const [, index] = /\/backend\/(\d+)$/.exec(locality.locality?.region ?? '') ?? [];
  return index === undefined ? undefined : Number(index);
}

function matchLocality(locality: LocalityLbEndpoints, backend: StampedBackend): MatchedLocality | undefined {
  const { lbEndpoints } = locality;
  if (lbEndpoints.length !== backend.hosts.length) return undefined;
  const endpoints = lbEndpoints.flatMap(
    (endpoint, index) => matchEndpoint(endpoint, backend.hosts[index]) ?? [],
  );
  return endpoints.length === lbEndpoints.length ? { locality, backend, endpoints } : undefined;
}

/**
 * Which endpoints of a rule's cluster belong to which backend. The cluster and the stamp are of one version of the
 * HTTPRoute, so that anything that does not fit means that somebody else changed one of them.
 * @param only - the backendRef of a cluster that holds one alone
 */
export function matchBackends(cluster: Cluster, rule: StampedRule, only: number | undefined): Match {
  const { backends } = rule;
  const single = only ?? (backends.length === 1 ? 0 : undefined);
  const localities = cluster.loadAssignment?.endpoints;
  if (localities === undefined) {
    const backend = single === undefined ? undefined : backends[single];
    if (backend !== undefined) return { kind: 'cluster', backend };
    return mismatch(`${backends.length} backends share endpoints that are looked up later`);
  }
  const matched: MatchedLocality[] = [];
  for (const locality of localities) {
    const index = backendIndex(locality, single);
    const backend = index === undefined ? undefined : backends[index];
    if (backend === undefined) return mismatch(`no backend ${index ?? 'is named'} for its endpoints`);
    const found = matchLocality(locality, backend);
    if (found === undefined) return mismatch(`its endpoints are not those of ${backend.id}`);
    matched.push(found);
  }
  return { kind: 'endpoints', localities: matched };
}
