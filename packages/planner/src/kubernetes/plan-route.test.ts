import { objectOf, planRouteOf, stampOf } from '../__fixtures__/cluster.ts';
import { at } from '../__fixtures__/plan-yaml.ts';
import { awsYaml, backendYaml, bedrockHost, keyYaml, model, routeYaml } from '../__fixtures__/resources.ts';
import type { JsonObject } from '../json.ts';
import { planConditions } from './conditions.ts';
import type { RoutePlan } from './plan-route.ts';

const bedrock = backendYaml('bedrock', 'AWSBedrock', bedrockHost) + awsYaml('aws', 'bedrock', '{}');
const claude =
  backendYaml('claude', 'Anthropic', 'api.anthropic.com') +
  keyYaml('claude', 'claude', 'AnthropicAPIKey', 'sk-test');

const httpRoute = (plan: RoutePlan): JsonObject => objectOf(plan.objects, 'HTTPRoute').spec ?? {};

const conditionsOf = (plan: RoutePlan): string[] =>
  planConditions(plan.self, plan.problems).map(
    ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
  );

const ownRoute = `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata:
  name: r
  uid: u1
  labels: {team: research}
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{}'
    gateway.envoyproxy.io/ai-gateway-stamp: forged
    note: kept
spec:
  parentRefs: [{name: gw}]
  hostnames: [ai.example.com]
  rules:
  - matches: [{headers: [{name: x-ai-eg-model, value: nova}, {name: x-tier, type: RegularExpression, value: "gold|silver"}]}]
    backendRefs: [{name: bedrock, weight: 3}, {name: claude, priority: 7}]
    timeouts: {request: 90s, backendRequest: 30s}
    streamIdleTimeout: 20s
  - name: rest
    backendRefs: [{name: claude}]
`;

/** An identity with the digest of where it leads. */
const idOf = (label: string): unknown => expect.stringMatching(new RegExp(`^${label}/to/[0-9a-f]{8}$`));

describe('planRoute', () => {
  test('an HTTPRoute has the rules of the route, in their order, and one for the rest', () => {
    const plan = planRouteOf(ownRoute + bedrock + claude);
    expect(plan.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(httpRoute(plan)).toEqual({
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' }],
      hostnames: ['ai.example.com'],
      rules: [
        {
          matches: [
            {
              path: { type: 'PathPrefix', value: '/' },
              headers: [
                { type: 'Exact', name: 'x-ai-eg-model', value: 'nova' },
                { type: 'RegularExpression', name: 'x-tier', value: 'gold|silver' },
              ],
            },
          ],
          filters: [filterRef('ai-eg-host-rewrite-r')],
          timeouts: { request: '90s', backendRequest: '30s' },
          backendRefs: [
            { group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'bedrock', weight: 3 },
            { group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'claude', weight: 1 },
          ],
        },
        {
          name: 'rest',
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          filters: [filterRef('ai-eg-host-rewrite-r')],
          timeouts: { request: '0s' },
          backendRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'claude', weight: 1 }],
        },
        {
          name: expect.stringMatching(/^route-not-found-[0-9a-f]{8}$/) as unknown,
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          filters: [filterRef('ai-eg-route-not-found-response-r')],
        },
      ],
    });
  });

  test('it is owned, keeps labels and annotations, and leaves out what is about the route itself', () => {
    const { metadata } = objectOf(planRouteOf(ownRoute + bedrock + claude).objects, 'HTTPRoute');
    expect(metadata.labels).toMatchObject({ team: 'research' });
    expect(Object.keys(metadata.annotations ?? {}).sort()).toEqual([
      'gateway.envoyproxy.io/ai-gateway-generated',
      'gateway.envoyproxy.io/ai-gateway-stamp',
      'note',
    ]);
    expect(metadata.ownerReferences).toEqual([
      expect.objectContaining({ kind: 'AIGatewayRoute', name: 'r', uid: 'u1', controller: true }),
    ]);
  });

  test('the stamp says where each backend reference leads, in the order of the HTTPRoute', () => {
    expect(stampOf(planRouteOf(ownRoute + bedrock + claude))).toMatchObject({
      version: 1,
      route: 'default/r',
      rules: [
        {
          streamIdleMs: 20_000,
          backends: [
            {
              id: idOf('default/bedrock/route/r/rule/0/ref/0'),
              priority: 0,
              hosts: [bedrockHost],
              addresses: [`${bedrockHost}:443`],
              tls: true,
            },
            { id: idOf('default/claude/route/r/rule/0/ref/1'), priority: 1, hosts: ['api.anthropic.com'] },
          ],
        },
        { backends: [{ id: idOf('default/claude/route/r/rule/1/ref/0'), priority: 0 }] },
        { backends: [] },
      ],
    });
  });

  test('a backend that leads elsewhere, or speaks otherwise, is another one; a changed key is not', () => {
    const idFor = (yaml: string): string | undefined =>
      stampOf(planRouteOf(routeYaml('[{backendRefs: [{name: claude}]}]') + yaml)).rules[0]?.backends[0]?.id;
    const given = idFor(claude);
    expect(idFor(claude.replace('sk-test', 'sk-other'))).toBe(given);
    const policy = /---\napiVersion: gateway.networking.k8s.io[^]*?(?=---)/;
    const others = [
      claude.replaceAll('api.anthropic.com', 'eu.anthropic.com'),
      claude.replace('{hostname: api.anthropic.com, port: 443}', '{hostname: api.anthropic.com, port: 8443}'),
      claude.replace('schema: Anthropic', 'schema: OpenAI'),
      claude.replace(policy, ''),
      claude.replace(']}', ', {fqdn: {hostname: eu.anthropic.com, port: 443}}]}'),
    ].map(idFor);
    expect(new Set([given, ...others]).size).toBe(1 + others.length);
    // Its host is the same with encryption and without.
    const odd = claude.replace(
      '{hostname: api.anthropic.com, port: 443}',
      '{hostname: api.anthropic.com, port: 8443}',
    );
    expect(idFor(odd)).not.toBe(idFor(odd.replace(policy, '')));
  });

  test('a backend that leads elsewhere makes a new generation of the HTTPRoute', () => {
    const specOf = (yaml: string): JsonObject =>
      httpRoute(planRouteOf(routeYaml('[{backendRefs: [{name: claude}]}]') + yaml));
    expect(specOf(claude.replace('sk-test', 'sk-other'))).toEqual(specOf(claude));
    expect(specOf(claude.replaceAll('api.anthropic.com', 'eu.anthropic.com'))).not.toEqual(specOf(claude));
  });

  test('servers in another order are the same backend', () => {
    const servers = ['a', 'b'].map((name) => `{fqdn: {hostname: ${name}.example.com, port: 443}}`);
    const idFor = (order: readonly string[]): string | undefined => {
      const yaml = claude.replace('{fqdn: {hostname: api.anthropic.com, port: 443}}', order.join(', '));
      return stampOf(planRouteOf(routeYaml('[{backendRefs: [{name: claude}]}]') + yaml)).rules[0]?.backends[0]
        ?.id;
    };
    expect(idFor(servers)).toBe(idFor(servers.toReversed()));
  });

  test('a reference to nothing refuses its own rule and no other', () => {
    const plan = planRouteOf(
      routeYaml(
        `[{matches: ${model('a')}, backendRefs: [{name: typo}]}, {matches: ${model('b')}, backendRefs: [{name: claude}]}]`,
      ) + claude,
    );
    expect(at(httpRoute(plan), 'rules', 0)).toEqual({
      matches: expect.anything() as unknown,
      filters: [filterRef('ai-eg-refused-0-r')],
    });
    expect(at(httpRoute(plan), 'rules', 1, 'backendRefs', 0, 'name')).toBe('claude');
    expect(
      at(objectOf(plan.objects, 'HTTPRouteFilter', 'ai-eg-refused-0-r').spec, 'directResponse'),
    ).toMatchObject({
      statusCode: 503,
      body: { inline: expect.stringContaining('the conditions of its route say why') as string },
    });
    expect(conditionsOf(plan)).toEqual([
      'ResolvedRefs=False BackendNotFound: spec.rules[0].backendRefs[0].name: AIServiceBackend default/typo does not exist; there are default/claude',
      'Accepted=True Accepted: The resource is valid.',
    ]);
  });

  const elsewhere = (yaml: string): string =>
    yaml.replaceAll('metadata: {name: ', 'metadata: {namespace: team, name: ');
  const grant = (kind: string, group: string, toKind: string, toGroup: string): string => `
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: ${kind.toLowerCase()}-${toKind.toLowerCase()}, namespace: team}
spec:
  from: [{group: ${group}, kind: ${kind}, namespace: default}]
  to: [{group: "${toGroup}", kind: ${toKind}}]`;
  const ours = 'aigateway.envoyproxy.io';
  const canary = elsewhere(keyYaml('canary', 'canary', 'AnthropicAPIKey', 'k'));

  test.each([
    {
      what: 'a backend that is missing',
      yaml:
        routeYaml('[{backendRefs: [{name: typo, namespace: team}]}]') +
        elsewhere(claude.replaceAll('name: claude', 'name: canary')),
      says: 'AIServiceBackend team/typo does not exist',
    },
    {
      what: "the Secret of another namespace's policy that is missing",
      yaml:
        routeYaml('[{backendRefs: [{name: claude, namespace: team}]}]') +
        elsewhere(
          claude.replace('kind: Secret\nmetadata: {name: claude}', 'kind: Secret\nmetadata: {name: gone}'),
        ) +
        canary,
      says: 'Secret team/claude does not exist',
    },
    {
      what: 'the key of a Secret that is missing',
      yaml:
        routeYaml('[{backendRefs: [{name: claude}]}]') +
        claude.replace(
          '{secretRef: {name: claude}}',
          '{secretRef: {name: claude, namespace: team, key: k}}',
        ) +
        elsewhere(keyYaml('claude', 'canary', 'APIKey', 'k').replace('apiKey: "k"', 'canary: "k"')) +
        grant('BackendSecurityPolicy', ours, 'Secret', ''),
      says: 'Secret team/claude has no key "k"',
    },
  ])('the condition of a route tells nothing of another namespace: $what', ({ yaml, says }) => {
    const grants = grant('AIGatewayRoute', ours, 'AIServiceBackend', ours);
    const text = conditionsOf(planRouteOf(yaml + grants)).join();
    expect(text).toContain(says);
    expect(text).not.toContain('canary');
  });

  test('an attempt that may take longer than its request loses its limit, and the route nothing else', () => {
    const plan = planRouteOf(
      routeYaml(
        '[{backendRefs: [{name: claude}], timeouts: {request: 30s, backendRequest: 1m}}, {backendRefs: [{name: claude}], timeouts: {backendRequest: 1m}}]',
      ) + claude,
    );
    expect(at(httpRoute(plan), 'rules', 0, 'timeouts')).toEqual({ request: '30s' });
    expect(at(httpRoute(plan), 'rules', 1, 'timeouts')).toEqual({ request: '0s', backendRequest: '1m' });
    expect(conditionsOf(plan)).toContain(
      'Accepted=False Invalid: spec.rules[0].timeouts.backendRequest: 1m is longer than the request timeout 30s: it is left out',
    );
  });

  test('priorities are ranks: Envoy takes none above 128, and no gaps', () => {
    const refs =
      '[{name: claude, priority: 200}, {name: bedrock, priority: 2147483647}, {name: claude, priority: 0}]';
    const plan = planRouteOf(routeYaml(`[{backendRefs: ${refs}}]`) + claude + bedrock);
    expect(stampOf(plan).rules[0]?.backends.map(({ priority }) => priority)).toEqual([1, 2, 0]);
  });

  test('of two references, the broken one is left out and the stamp still fits', () => {
    const plan = planRouteOf(routeYaml('[{backendRefs: [{name: typo}, {name: claude}]}]') + claude);
    expect(at(httpRoute(plan), 'rules', 0, 'backendRefs')).toHaveLength(1);
    expect(stampOf(plan).rules[0]?.backends).toEqual([
      {
        id: idOf('default/claude/route/r/rule/0/ref/1'),
        priority: 0,
        hosts: ['api.anthropic.com'],
        addresses: ['api.anthropic.com:443'],
        tls: true,
      },
    ]);
  });

  test('what is wrong behind a reference is said on the route as well', () => {
    const plan = planRouteOf(
      routeYaml('[{backendRefs: [{name: claude}]}]') +
        claude.replace('kind: Secret\nmetadata: {name: claude}', 'kind: Secret\nmetadata: {name: other}'),
    );
    expect(at(httpRoute(plan), 'rules', 0, 'filters')).toEqual([filterRef('ai-eg-refused-0-r')]);
    expect(conditionsOf(plan)[0]).toMatch(
      /^ResolvedRefs=False SecretNotFound: BackendSecurityPolicy default\/claude: .*Secret default\/claude does not exist/,
    );
  });

  test('a match that Envoy would refuse goes, and its rule does not become the default', () => {
    const bad = '[{headers: [{name: x, type: RegularExpression, value: "(?=a)"}]}]';
    const plan = planRouteOf(
      routeYaml(
        `[{matches: ${bad}, backendRefs: [{name: claude}]}, {matches: ${model('b')}, backendRefs: [{name: claude}]}]`,
      ) + claude,
    );
    expect(at(httpRoute(plan), 'rules')).toHaveLength(2);
    expect(stampOf(plan).rules[0]?.backends[0]?.id).toEqual(idOf('default/claude/route/r/rule/1/ref/0'));
    expect(conditionsOf(plan).slice(1)).toEqual([
      expect.stringMatching(/^Accepted=False Invalid: spec\.rules\[0\]\.matches\[0\]/),
      expect.stringMatching(/^NotAccepted=True Invalid: /),
    ]);
  });

  describe('across namespaces', () => {
    const elsewhere = claude.replaceAll('metadata: {name: ', 'metadata: {namespace: team, name: ');
    const grant = (from: string, group: string, to: string, toGroup: string): string => `
---
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: ${from.toLowerCase()}, namespace: team}
spec: {from: [{group: ${group}, kind: ${from}, namespace: default}], to: [{group: ${toGroup}, kind: ${to}}]}
`;
    const own = grant(
      'AIGatewayRoute',
      'aigateway.envoyproxy.io',
      'AIServiceBackend',
      'aigateway.envoyproxy.io',
    );
    const gateways = grant('HTTPRoute', 'gateway.networking.k8s.io', 'Backend', 'gateway.envoyproxy.io');
    const route = routeYaml('[{backendRefs: [{name: claude, namespace: team}]}]');

    test.each([
      { given: 'no grant', grants: '', missing: /AIGatewayRoute of namespace default/ },
      { given: 'a grant for the route only', grants: own, missing: /HTTPRoute of namespace default/ },
    ])('$given: the rule is refused and says which grant is missing', ({ grants, missing }) => {
      const plan = planRouteOf(route + elsewhere + grants);
      expect(at(httpRoute(plan), 'rules', 0, 'filters')).toEqual([filterRef('ai-eg-refused-0-r')]);
      expect(conditionsOf(plan)[0]).toMatch(/^ResolvedRefs=False RefNotPermitted: /);
      expect(conditionsOf(plan)[0]).toMatch(missing);
    });

    test('with both grants it is served', () => {
      const plan = planRouteOf(route + elsewhere + own + gateways);
      expect(at(httpRoute(plan), 'rules', 0, 'backendRefs', 0)).toMatchObject({
        namespace: 'team',
        name: 'claude',
      });
      expect(stampOf(plan).rules[0]?.backends[0]?.id).toEqual(idOf('default/claude/route/r/rule/0/ref/0'));
    });
  });

  test.each([
    ['{metadataKey: k, type: CEL, cel: nosuch}', 'Unknown variable: nosuch'],
    ['{metadataKey: k, type: CEL}', 'expected a CEL expression'],
  ])('a cost %s is named, and the rules are served', (cost, problem) => {
    const plan = planRouteOf(
      routeYaml(
        '[{backendRefs: [{name: claude}]}]',
        `  llmRequestCosts: [{metadataKey: t, type: TotalToken}, ${cost}]\n`,
      ) + claude,
    );
    expect(at(httpRoute(plan), 'rules', 0, 'backendRefs')).toHaveLength(1);
    expect(plan.resolved.costs).toEqual([{ metadataKey: 't', type: 'TotalToken' }]);
    expect(conditionsOf(plan)).toContain(
      `Accepted=False Invalid: spec.llmRequestCosts[1].cel: the cost "k" is not counted: ${problem}`,
    );
  });

  test('the same resources in another order give the same bytes', () => {
    const documents = (ownRoute + bedrock + claude).split('\n---\n');
    const forwards = planRouteOf(documents.join('\n---\n'));
    const backwards = planRouteOf([...documents].reverse().join('\n---\n'));
    expect(JSON.stringify(backwards.objects)).toBe(JSON.stringify(forwards.objects));
  });
});

function filterRef(name: string): JsonObject {
  return {
    type: 'ExtensionRef',
    extensionRef: { group: 'gateway.envoyproxy.io', kind: 'HTTPRouteFilter', name },
  };
}
