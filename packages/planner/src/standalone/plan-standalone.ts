import { gatewayConfigAnnotation, type LLMRequestCost, namespaceOf } from '@aigw/api-types';
import { bootstrap, fileSource } from '../envoy/bootstrap.ts';
import { ruleCluster } from '../envoy/cluster.ts';
import { extprocClusterConfig, extprocEndpoints } from '../envoy/extproc-cluster.ts';
import { httpListener } from '../envoy/listener.ts';
import { xdsFile } from '../envoy/names.ts';
import { routeConfiguration } from '../envoy/route.ts';
import { planFilterConfig } from '../filter-config/plan-filter-config.ts';
import { foldHint, type ResourceEntry } from '../problem.ts';
import { type CostSources, globalCosts } from '../resolve/costs.ts';
import { createProblemLog } from '../resolve/problem-log.ts';
import type { ResolvedRoute } from '../resolve/resolved-route.ts';
import { resolveGateways } from '../resolve/resolve-gateways.ts';
import { resolveRoute } from '../resolve/resolve-route.ts';
import { createResourceSet, keyOf, type ResourceSet } from '../resolve/resource-set.ts';
import { withMockProviders } from './mock-providers.ts';
import { planBackends } from './plan-backends.ts';
import { type PortPlan, planListeners } from './plan-listeners.ts';
import { planModels } from './plan-models.ts';
import { reportUnused } from './report-unused.ts';
import type { EnvoyFiles, StandaloneOptions, StandalonePlan } from './standalone-plan.ts';

/** The costs of every GatewayConfig that a Gateway names; of two for one key, the first. */
function gatewayCosts(sources: CostSources & { readonly set: ResourceSet }): LLMRequestCost[] {
  const { set } = sources;
  const known = new Map(
    set.all('GatewayConfig').map((config) => [keyOf(config.resource), globalCosts(sources, config)]),
  );
  const costs = set.all('Gateway').flatMap(({ resource }) => {
    const name = resource.metadata.annotations?.[gatewayConfigAnnotation];
    return (name !== undefined && known.get(`${namespaceOf(resource)}/${name}`)) || [];
  });
  return [...new Map([...costs].reverse().map((cost) => [cost.metadataKey, cost])).values()].reverse();
}

function planEnvoy(
  ports: readonly PortPlan[],
  routes: readonly ResolvedRoute[],
  options: StandaloneOptions,
): EnvoyFiles {
  const { configDir, host, logPath, systemCaPath } = options;
  const rules = routes.flatMap((route) => route.rules.map((rule) => ({ route, rule })));
  const clusters = rules
    .filter(({ rule }) => rule.refusal === undefined)
    .map(({ route, rule }) => ruleCluster(route, rule, systemCaPath));
  const rdsSource = fileSource(configDir, 'rds.json');
  return {
    bootstrap: bootstrap(options.envoyAdminSocket, configDir),
    listeners: xdsFile(
      'envoy.config.listener.v3.Listener',
      ports.map(({ name, port, bufferBytes }) =>
        httpListener({ name, address: host, port, bufferBytes, rdsSource, logPath }),
      ),
    ),
    routes: xdsFile(
      'envoy.config.route.v3.RouteConfiguration',
      ports.map(({ name, virtualHosts }) => routeConfiguration(name, virtualHosts)),
    ),
    clusters: xdsFile('envoy.config.cluster.v3.Cluster', [
      extprocClusterConfig(fileSource(configDir, 'eds.json')),
      ...clusters,
    ]),
    endpoints: xdsFile('envoy.config.endpoint.v3.ClusterLoadAssignment', [
      extprocEndpoints([options.extprocSocket]),
    ]),
  };
}

/**
 * What one machine needs to serve a set of resources: Envoy's files, the data plane's configuration, and everything
 * that is wrong, at once. With errors among the problems the rest is what would work without the resources at fault.
 */
export function planStandalone(
  entries: readonly ResourceEntry[],
  options: StandaloneOptions,
): StandalonePlan {
  const log = createProblemLog();
  const set = createResourceSet(entries, log);
  const sources = { set, log, checkCel: options.checkCel, sha256Hex: options.sha256Hex };
  const resolved = set.all('AIGatewayRoute').map((route) => resolveRoute(sources, route));
  const routes = options.mock === undefined ? resolved : withMockProviders(resolved, options.mock);
  const gateways = resolveGateways({ set, log }, routes);
  const { listeners, ports } = planListeners(set, gateways, options);
  reportUnused({ set, log }, entries, routes);
  return {
    filterConfig: planFilterConfig(routes, gatewayCosts(sources)),
    envoy: planEnvoy(ports, routes, options),
    listeners,
    models: planModels(ports),
    backends: planBackends(set, routes),
    problems: log.problems.map(foldHint),
  };
}
