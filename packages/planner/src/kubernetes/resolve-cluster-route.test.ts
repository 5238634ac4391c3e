import { clusterOfYaml, get, sha256Hex } from '../__fixtures__/cluster.ts';
import { checkCel } from '../__fixtures__/plan-yaml.ts';
import { backendYaml, keyYaml, routeYaml } from '../__fixtures__/resources.ts';
import { findUnpermitted } from './resolve-cluster-route.ts';

const identity = 'default/claude/route/r/rule/0/ref/0';
const own = backendYaml('claude', 'Anthropic', 'api.anthropic.com');
const elsewhere = own.replaceAll('{name: claude}', '{name: claude, namespace: team}');
const near = routeYaml('[{backendRefs: [{name: claude}]}]');
const far = routeYaml('[{backendRefs: [{name: claude, namespace: team}]}]');
const foreignKey = keyYaml('claude', 'claude', 'AnthropicAPIKey', 'sk-test')
  .replace('secretRef: {name: claude}', 'secretRef: {name: claude, namespace: team}')
  .replace(
    'kind: Secret\nmetadata: {name: claude}',
    'kind: Secret\nmetadata: {name: claude, namespace: team}',
  );

const grant = (from: string, to: string): string => `
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: ${to.replaceAll(/\W+/g, '-').toLowerCase()}, namespace: team}
spec:
  from: [{${from}, namespace: default}]
  to: [{${to}}]
`;
const forRoute = grant(
  'group: aigateway.envoyproxy.io, kind: AIGatewayRoute',
  'group: aigateway.envoyproxy.io, kind: AIServiceBackend',
);
const forTarget = grant(
  'group: gateway.networking.k8s.io, kind: HTTPRoute',
  'group: gateway.envoyproxy.io, kind: Backend',
);
const forSecret = grant(
  'group: aigateway.envoyproxy.io, kind: BackendSecurityPolicy',
  'group: "", kind: Secret',
);

function unpermitted(yaml: string, name = identity): string[] {
  const set = clusterOfYaml(yaml);
  return findUnpermitted({ set, sha256Hex, checkCel }, get(set, 'AIGatewayRoute', 'r'), new Set([name]));
}

test.each([
  { what: 'a backend beside its route', yaml: near + own },
  { what: 'one with all grants', yaml: far + elsewhere + forRoute + forTarget },
  { what: 'a Secret with its grant', yaml: near + own + foreignKey + forSecret },
  { what: 'one that does not exist', yaml: near },
  {
    what: 'one that the route no longer names',
    yaml: near + elsewhere,
    name: identity.replace('claude', 'x'),
  },
])('$what may be kept', ({ yaml, name }) => {
  expect(unpermitted(yaml, name)).toEqual([]);
});

test.each([
  { what: 'the AIServiceBackend', yaml: far + elsewhere + forTarget },
  { what: 'its Backend', yaml: far + elsewhere + forRoute },
  { what: 'its Secret', yaml: near + own + foreignKey },
])('one without a grant for $what is kept no longer', ({ yaml }) => {
  expect(unpermitted(yaml)).toEqual([identity]);
});
