import type { Cluster, RouteConfiguration, Secret } from '@aigw/envoy-proto/xds';
import { keyOfMetadata } from '../kube/kube-object.ts';
import type { Change } from '../manager/informer.ts';
import { readGateways } from './generated-from.ts';

/** How long clusters and routes, which reach Envoy one by one, are given to do so. */
export const settlingMs = 10_000;

/** More sets of Gateways than an Envoy Gateway translates. */
const mostSets = 1024;

/** A cluster of ours as it was answered. */
export interface ServedCluster {
  readonly answered: Cluster;
  /** As it was answered when all of it fitted. */
  readonly good?: Cluster;
  /** Since when no translation has it. */
  readonly leftAt?: number;
}

/** What a translation was answered with. */
export interface ServedTranslation {
  /** By name. */
  readonly clusters: ReadonlyMap<string, ServedCluster>;
  /** By which authorities servers are trusted. Nothing that is secret is kept. */
  readonly authorities: readonly Secret[];
  /** What our routes match, and since when; `undefined` for those that were there when we came. */
  readonly matches: ReadonlyMap<string, number | undefined>;
}

/** The last answer to each set of Gateways. */
export interface ServedTranslations {
  readonly sets: Map<string, ServedTranslation>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** @param now Milliseconds of a clock that never goes back. */
export const createServedTranslations = (now: () => number): ServedTranslations => ({ sets: new Map(), now });

/**
 * Which Gateways a translation is of: Envoy Gateway translates one by one, or all of a class at once. Route configurations are
 * named `namespace/gateway/listener`, also those without a route; under its other scheme only virtual hosts name the Gateway.
 */
export function identifyTranslation(routes: readonly RouteConfiguration[]): string {
  const gateways = routes.flatMap(({ name, virtualHosts }) => {
    const [namespace, gateway, listener] = name.split('/');
    if (namespace !== undefined && gateway !== undefined && listener !== undefined) {
      return [`${namespace}/${gateway}`];
    }
    return virtualHosts.flatMap(({ metadata }) => readGateways(metadata));
  });
  return [...new Set(gateways)].sort().join(' ');
}

/** A Gateway that is gone is not translated any more; one of its name that comes is another. */
export function forgetGateway({ sets }: ServedTranslations, { kind, before, after }: Change): void {
  if (kind !== 'Gateway' || before === undefined || before.metadata.uid === after?.metadata.uid) return;
  const gateway = keyOfMetadata(before.metadata);
  for (const key of sets.keys()) if (key.split(' ').includes(gateway)) sets.delete(key);
}

/** Keeps an answer in mind, and forgets the oldest one where there are too many. */
export function rememberTranslation(
  { sets }: ServedTranslations,
  key: string,
  translation: ServedTranslation,
): void {
  sets.delete(key);
  sets.set(key, translation);
  const [oldest] = sets.keys();
  if (sets.size > mostSets && oldest !== undefined) sets.delete(oldest);
}
