import type { Cluster, LbEndpoint, LocalityLbEndpoints } from '@aigw/envoy-proto/xds';
import { backendLabel } from '@aigw/api-types';
import { isIP } from 'node:net';
import { networkAddress, type StampedBackend, type StampedRule } from '@aigw/planner';

/** An endpoint of a cluster and what it is stamped with. */
export interface MatchedEndpoint {
  readonly endpoint: LbEndpoint;
  readonly host: string;
  /** Where it really leads. */
  readonly address: string;
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
  | {
      readonly kind: 'endpoints';
      readonly localities: readonly MatchedLocality[];
      /** Why some endpoints belong to no backend: nothing may go there. */
      readonly strays: readonly string[];
    }
  /** The endpoints come later and all belong to one backend. */
  | { readonly kind: 'cluster'; readonly backend: StampedBackend }
  | {
      readonly kind: 'mismatch';
      readonly reason: string;
      /** The Backends and the stamp may be of different moments: one of them will follow. */
      readonly isPassing: boolean;
    };

const mismatch = (reason: string, isPassing = false): Match => ({ kind: 'mismatch', reason, isPassing });

const notEncrypted = ({ id }: StampedBackend): string =>
  `it would send requests for ${backendLabel(id)}, keys included, in plain text`;

/** A host without its port. */
const nameOf = (host: string): string => host.replace(/:\d+$/, '');

/** Where an endpoint leads, and its name: its DNS name unless it is called otherwise. */
function placeOf(endpoint: LbEndpoint): { address: string; name: string } {
  const given = endpoint.hostIdentifier.case === 'endpoint' ? endpoint.hostIdentifier.value : undefined;
  const where = given?.address?.address;
  const called = nameOf(given?.hostname ?? '');
  if (where?.case === 'pipe') return { address: where.value.path, name: called };
  if (where?.case !== 'socketAddress') return { address: '', name: called };
  const { address, portSpecifier } = where.value;
  const port = portSpecifier.case === 'portValue' ? portSpecifier.value : 0;
  return { address: networkAddress(address, port), name: called === '' ? address : called };
}

/** The `host` of requests to an endpoint, when it is one of the backend's. */
function hostOf(
  backend: StampedBackend,
  place: ReturnType<typeof placeOf>,
  index: number,
): string | undefined {
  const { hosts, addresses } = backend;
  if (addresses !== undefined) {
    const at = addresses.indexOf(place.address);
    return at < 0 ? undefined : hosts[at];
  }
  // Stamps of the version before say names alone; an address is named by its certificate.
  return isIP(place.name) === 0 ? hosts.find((host) => nameOf(host) === place.name) : hosts[index];
}

/** Whether what is sent to an endpoint is encrypted by settings of its own, which check the server's name. */
function isEncrypted({ transportSocketMatches }: Cluster, { metadata }: LbEndpoint): boolean {
  const name = metadata?.filterMetadata['envoy.transport_socket_match']?.['name'];
  return transportSocketMatches.some(
    ({ match, transportSocket }) => transportSocket !== undefined && match?.['name'] === name,
  );
}

function matchEndpoint(
  cluster: Cluster,
  backend: StampedBackend,
  endpoint: LbEndpoint,
  index: number,
): MatchedEndpoint | string {
  const place = placeOf(endpoint);
  const { address, name } = place;
  const host = hostOf(backend, place, index);
  if (host === undefined) return `its endpoint ${address} is not one of those of ${backendLabel(backend.id)}`;
  if (backend.tls === true && !isEncrypted(cluster, endpoint)) return notEncrypted(backend);
  return { endpoint, host, address, hostname: name === '' || isIP(name) !== 0 ? undefined : name };
}

function backendIndex(locality: LocalityLbEndpoints, only: number | undefined): number | undefined {
  if (only !== undefined) return only;
  const [, index] = /\/backend\/(\d+)$/.exec(locality.locality?.region ?? '') ?? [];
  return index === undefined ? undefined : Number(index);
}

function matchLater(cluster: Cluster, backend: StampedBackend | undefined, count: number): Match {
  if (backend === undefined) return mismatch(`${count} backends share endpoints that are looked up later`);
  if (backend.tls === true && cluster.transportSocketMatches.length === 0) {
    return mismatch(notEncrypted(backend), true);
  }
  return { kind: 'cluster', backend };
}

/**
 * Which endpoints of a rule's cluster belong to which backend. The stamp and the HTTPRoute are of one version, but a Backend
 * is read as it is: endpoints that the stamp does not know yet, or no more, are strays.
 * @param only - the backendRef of a cluster that holds one alone
 */
export function matchBackends(cluster: Cluster, rule: StampedRule, only: number | undefined): Match {
  const { backends } = rule;
  const single = only ?? (backends.length === 1 ? 0 : undefined);
  const localities = cluster.loadAssignment?.endpoints;
  if (localities === undefined) {
    return matchLater(cluster, single === undefined ? undefined : backends[single], backends.length);
  }
  const matched: MatchedLocality[] = [];
  const strays: string[] = [];
  for (const locality of localities) {
    const index = backendIndex(locality, single);
    const backend = index === undefined ? undefined : backends[index];
    if (backend === undefined) return mismatch(`no backend ${index ?? 'is named'} for its endpoints`);
    const found = locality.lbEndpoints.map((endpoint, at) => matchEndpoint(cluster, backend, endpoint, at));
    strays.push(...found.filter((one) => typeof one === 'string'));
    const endpoints = found.filter((one) => typeof one !== 'string');
    matched.push({ locality, backend, endpoints });
  }
  const [first] = strays;
  const isEmpty = matched.every(({ endpoints }) => endpoints.length === 0);
  if (isEmpty && first !== undefined) return mismatch(first, true);
  return { kind: 'endpoints', localities: matched, strays: [...new Set(strays)] };
}
