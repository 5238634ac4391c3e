import { type Route, type RouteConfiguration, RouteMatchSchema, toBinary } from '@aigw/envoy-proto/xds';
import { findGeneratedBy } from './generated-from.ts';
import { type ServedTranslation, settlingMs } from './served-translations.ts';

/** The routes of ours that have just come, and what is to be known of all of them next time. */
export interface YoungRoutes {
  readonly young: ReadonlySet<Route>;
  readonly matches: ServedTranslation['matches'];
}

/** What a route of ours matches, and for whom; `undefined` for one of others. */
function identify({ metadata, match }: Route): string | undefined {
  const by = findGeneratedBy(metadata);
  if (by === undefined || match === undefined) return undefined;
  return `${by.namespace}/${by.name} ${Buffer.from(toBinary(RouteMatchSchema, match)).toString('base64')}`;
}

/**
 * Finds the routes that match what none of their HTTPRoute has matched until now. While Envoy does not have their clusters,
 * whose names may take a while to resolve, there is no such model yet.
 * @param known Of the last answer; without one nothing is new.
 */
export function findYoungRoutes(
  configurations: readonly RouteConfiguration[],
  known: ServedTranslation['matches'] | undefined,
  at: number,
): YoungRoutes {
  const matches = new Map<string, number | undefined>();
  const young = new Set<Route>();
  for (const route of configurations.flatMap(({ virtualHosts }) =>
    virtualHosts.flatMap((host) => host.routes),
  )) {
    const id = identify(route);
    if (id === undefined) continue;
    const since = known === undefined || known.has(id) ? known?.get(id) : at;
    matches.set(id, since);
    if (since !== undefined && at - since < settlingMs) young.add(route);
  }
  return { young, matches };
}
