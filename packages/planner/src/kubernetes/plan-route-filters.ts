import { namespaceOf } from '@aigw/api-types';
import type { JsonObject } from '../json.ts';
import type { ResolvedRoute } from '../resolve/resolved-route.ts';
import { type DesiredObject, ownedBy } from './kubernetes-object.ts';
import { filterNames, managedBy, managedByLabel, type Sha256Hex } from './names.ts';

/** What clients read where the extension server has not put the answer into their dialect. */
const notFoundText = 'No route of this gateway serves the model of the request.';

const directResponse = (statusCode: number, inline: string): JsonObject => ({
  directResponse: { statusCode, contentType: 'text/plain', body: { type: 'Inline', inline } },
});

/** The HTTPRouteFilters of a route: the backend's host name, the answer to unknown models, and one for each rule that is refused. */
export function planRouteFilters(route: ResolvedRoute, sha256Hex: Sha256Hex): DesiredObject[] {
  const { resource } = route.route;
  const { name } = resource.metadata;
  const filter = (filterName: string, spec: JsonObject): DesiredObject => ({
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'HTTPRouteFilter',
    metadata: {
      name: filterName,
      namespace: namespaceOf(resource),
      labels: { [managedByLabel]: managedBy },
      ...ownedBy(resource),
    },
    spec,
  });
  return [
    filter(filterNames.hostRewrite(name, sha256Hex), { urlRewrite: { hostname: { type: 'Backend' } } }),
    filter(filterNames.notFound(name, sha256Hex), directResponse(404, notFoundText)),
    ...route.rules.flatMap(({ index, refusal }) =>
      refusal === undefined
        ? []
        : [
            filter(
              filterNames.refused(name, index, sha256Hex),
              directResponse(refusal.status, refusal.message),
            ),
          ],
    ),
  ];
}
