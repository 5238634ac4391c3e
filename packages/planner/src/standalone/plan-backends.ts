import { policiesOf } from '../resolve/credentials.ts';
import type { ResolvedRoute } from '../resolve/resolved-route.ts';
import { exactModels } from '../resolve/resolve-route.ts';
import { keyOf, type ResourceSet } from '../resolve/resource-set.ts';
import type { PlannedBackend } from './standalone-plan.ts';

/** Every backend reference that requests can take, in the order of the filter configuration's backends. */
export function planBackends(set: ResourceSet, routes: readonly ResolvedRoute[]): PlannedBackend[] {
  return routes.flatMap(({ rules }) =>
    rules.flatMap(({ rule, backends }) =>
      backends.map(({ identity, owner, endpoints, modelNameOverride }) => {
        const [policy] = policiesOf(set, owner);
        return {
          identity,
          backend: keyOf(owner.resource),
          ...(policy && { policy: keyOf(policy.resource) }),
          endpoints,
          models: modelNameOverride === undefined ? exactModels(rule) : [modelNameOverride],
        };
      }),
    ),
  );
}
