import type {
  FilterBackend,
  FilterConfig,
  FilterModel,
  LlmRequestCost,
  LLMRequestCost,
} from '@aigw/api-types';
import { addressText } from '../resolve/endpoint.ts';
import type { ResolvedBackend, ResolvedRoute, ResolvedRule } from '../resolve/resolved-route.ts';
import { exactModels } from '../resolve/resolve-route.ts';

/** What the models of a rule are dated that nothing dates. */
const unknownCreation = '1970-01-01T00:00:00Z';

/** The host that Envoy's route writes, when every address of the backend has the same. */
function commonHost({ endpoints }: ResolvedBackend): string | undefined {
  const hosts = new Set(endpoints.map(({ host }) => host));
  return hosts.size === 1 ? [...hosts][0] : undefined;
}

function filterBackend(backend: ResolvedBackend): FilterBackend {
  const { identity, schema, auth, headerMutation, bodyMutation, modelNameOverride, owner } = backend;
  const { modelFamily, modelCapabilities, unsupportedFields, messagesVia } = owner.resource.spec;
  const host = commonHost(backend);
  const hosts = backend.endpoints.map((endpoint) => ({
    address: addressText(endpoint),
    host: endpoint.host,
  }));
  return {
    name: identity,
    modelNameOverride: modelNameOverride ?? '',
    schema,
    ...(auth !== undefined && { auth }),
    ...(headerMutation !== undefined && { httpHeaderMutation: headerMutation }),
    ...(bodyMutation !== undefined && { httpBodyMutation: bodyMutation }),
    ...(modelFamily !== undefined && { modelFamily }),
    ...(modelCapabilities !== undefined && { modelCapabilities }),
    ...(unsupportedFields !== undefined && { unsupportedFields }),
    ...(messagesVia !== undefined && { messagesVia }),
    ...(host !== undefined && { host }),
    hosts,
  };
}

function ruleModels(route: ResolvedRoute, { rule }: ResolvedRule): FilterModel[] {
  const created = rule.modelsCreatedAt ?? route.route.resource.metadata.creationTimestamp ?? unknownCreation;
  return exactModels(rule).map((Name) => ({ Name, OwnedBy: rule.modelsOwnedBy, CreatedAt: created }));
}

/** The first entry of each name. */
function distinct(models: readonly FilterModel[]): FilterModel[] {
  return [...new Map([...models].reverse().map((model) => [model.Name, model])).values()].reverse();
}

const modelsOf = (routes: readonly ResolvedRoute[]): FilterModel[] =>
  distinct(routes.flatMap((route) => route.rules.flatMap((rule) => ruleModels(route, rule))));

function modelsByHost(routes: readonly ResolvedRoute[]): Record<string, FilterModel[]> {
  const hosts = new Set(routes.flatMap(({ route }) => route.resource.spec.hostnames ?? []));
  return Object.fromEntries(
    [...hosts].map((host) => [
      host,
      modelsOf(routes.filter(({ route }) => (route.resource.spec.hostnames ?? []).includes(host))),
    ]),
  );
}

const cost = ({ metadataKey, type, cel }: LLMRequestCost, routeName?: string): LlmRequestCost => ({
  metadataKey,
  type,
  ...(cel !== undefined && { cel }),
  ...(routeName !== undefined && { routeName }),
});

/** The data plane's configuration for a set of routes: deterministic, so that equal resources give equal text. */
export function planFilterConfig(
  routes: readonly ResolvedRoute[],
  globalCosts: readonly LLMRequestCost[],
): FilterConfig {
  const isScoped = ({ route }: ResolvedRoute): boolean => (route.resource.spec.hostnames ?? []).length > 0;
  return {
    version: 'dev',
    globalLLMRequestCosts: globalCosts.map((entry) => cost(entry)),
    llmRequestCosts: routes.flatMap(({ key, costs }) => costs.map((entry) => cost(entry, key))),
    backends: routes.flatMap(({ rules }) => rules.flatMap(({ backends }) => backends.map(filterBackend))),
    models: modelsOf(routes),
    unscopedModels: modelsOf(routes.filter((route) => !isScoped(route))),
    modelsByHost: modelsByHost(routes.filter(isScoped)),
  };
}
