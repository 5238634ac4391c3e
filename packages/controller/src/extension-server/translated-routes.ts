import type { RouteConfiguration } from '@aigw/envoy-proto/xds';
import { findGeneratedBy, readGateways } from './generated-from.ts';
import type { TranslationProblem } from './post-translate-modify.ts';

/** What has become of one of our HTTPRoutes in a translation. */
export interface TranslatedRoute {
  /** `namespace/name` of the HTTPRoute, and so of the AIGatewayRoute. */
  readonly route: string;
  /** The Gateways that the translation has it behind, `namespace/name`. */
  readonly gateways: readonly string[];
  /** The stamp as Envoy Gateway had it: it says which version of the HTTPRoute was translated. */
  readonly stampText: string;
  /** Empty for a route that fits. */
  readonly problems: readonly TranslationProblem[];
}

interface Seen {
  readonly stampText: string;
  readonly gateways: Set<string>;
}

function gatherSeen(configurations: readonly RouteConfiguration[]): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const host of configurations.flatMap(({ virtualHosts }) => virtualHosts)) {
    const gateways = readGateways(host.metadata);
    for (const { metadata } of host.routes) {
      const by = findGeneratedBy(metadata);
      if (by === undefined) continue;
      const route = `${by.namespace}/${by.name}`;
      const known = seen.get(route) ?? { stampText: by.stampText, gateways: new Set() };
      for (const gateway of gateways) known.gateways.add(gateway);
      seen.set(route, known);
    }
  }
  return seen;
}

const none: ReadonlySet<string> = new Set();

/** Which Gateways a translation has each of our HTTPRoutes behind. */
export function gatherGateways(
  configurations: readonly RouteConfiguration[],
): (route: string) => ReadonlySet<string> {
  const seen = gatherSeen(configurations);
  return (route) => seen.get(route)?.gateways ?? none;
}

/** Every HTTPRoute of ours in a translation, with its problems; those of no single route concern all of them. */
export function gatherTranslatedRoutes(
  configurations: readonly RouteConfiguration[],
  problems: readonly TranslationProblem[],
): TranslatedRoute[] {
  return [...gatherSeen(configurations)].map(([route, { stampText, gateways }]) => ({
    route,
    gateways: [...gateways].sort(),
    stampText,
    problems: problems.filter((problem) => problem.route === undefined || problem.route === route),
  }));
}
