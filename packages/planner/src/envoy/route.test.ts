import type { JsonObject } from '../json.ts';
import { at, planYaml, problemsOf, routesOf } from '../__fixtures__/plan-yaml.ts';
import { awsYaml, backendYaml, bedrockHost, keyYaml, model, routeYaml } from '../__fixtures__/resources.ts';

const backends =
  backendYaml('a', 'AWSBedrock', bedrockHost) + backendYaml('b', 'Anthropic', 'api.anthropic.com');
const routes = (rules: string, more = ''): JsonObject[] =>
  routesOf(planYaml(routeYaml(rules, more) + backends));
const policy = (
  spec: string,
  target = '{group: gateway.networking.k8s.io, kind: HTTPRoute, name: r}',
): string =>
  `\n---\n{apiVersion: gateway.envoyproxy.io/v1alpha1, kind: BackendTrafficPolicy, metadata: {name: t}, spec: {targetRefs: [${target}], ${spec}}}`;

describe('matches', () => {
  test('are the headers of a rule, as text or as an expression', () => {
    const rules = `[{backendRefs: [{name: a}], matches: [{headers: [{name: X-Provider, value: aws}, {name: x-ai-eg-model, type: RegularExpression, value: "c.*"}]}]}]`;
    expect(at(routes(rules), 0, 'match')).toEqual({
      prefix: '/',
      headers: [
        { name: 'x-provider', string_match: { exact: 'aws' } },
        { name: 'x-ai-eg-model', string_match: { safe_regex: { regex: 'c.*' } } },
      ],
    });
  });

  test('a rule without any is the default and comes last', () => {
    const rules = `[{backendRefs: [{name: a}]}, {backendRefs: [{name: b}], matches: ${model('m')}}]`;
    expect(routes(rules).map(({ name }) => name)).toEqual([
      'httproute/default/r/rule/1/match/0',
      'httproute/default/r/rule/0/match/0',
    ]);
  });

  test('more headers come first, then the order of the rules', () => {
    const rules = `[
      {backendRefs: [{name: a}], matches: ${model('m')}},
      {backendRefs: [{name: a}], matches: ${model('n')}},
      {backendRefs: [{name: b}], matches: [{headers: [{name: x-ai-eg-model, value: m}, {name: x-team, value: red}]}]}]`;
    expect(routes(rules).map(({ name }) => name)).toEqual([
      'httproute/default/r/rule/2/match/0',
      'httproute/default/r/rule/0/match/0',
      'httproute/default/r/rule/1/match/0',
    ]);
  });

  test('of equals the older route comes first, then the name', () => {
    const named = (name: string, created: string): string =>
      routeYaml(`[{backendRefs: [{name: a}], matches: ${model('m')}}]`).replace(
        'metadata: {name: r}',
        `metadata: {name: ${name}, creationTimestamp: "${created}"}`,
      );
    const plan = planYaml(
      [
        named('c', '2026-01-02T00:00:00Z'),
        named('z', '2026-01-01T00:00:00Z'),
        named('b', '2026-01-02T00:00:00Z'),
      ].join('\n---') + backends,
    );
    expect(routesOf(plan).map(({ name }) => name)).toEqual([
      'httproute/default/z/rule/0/match/0',
      'httproute/default/b/rule/0/match/0',
      'httproute/default/c/rule/0/match/0',
    ]);
  });
});

describe('actions', () => {
  test('have no total timeout, the host of each attempt and the name of the route', () => {
    const [route] = routes('[{backendRefs: [{name: a}]}]');
    expect(route).toMatchObject({
      metadata: { filter_metadata: { 'aigateway.envoy.io': { aigw_route_name: 'default/r' } } },
      route: {
        cluster: expect.stringMatching(/^httproute\/default\/r\/rule\/[0-9a-f]{8}$/) as string,
        timeout: '0s',
        auto_host_rewrite: true,
      },
    });
    expect(JSON.stringify(route)).not.toContain('internal_redirect_policy');
    expect(JSON.stringify(route)).not.toContain('retry_policy');
  });

  test.each([
    {
      name: 'the rule',
      yaml: routeYaml('[{backendRefs: [{name: a}], timeouts: {request: 90s}}]'),
      want: '90s',
    },
    {
      name: 'a policy',
      yaml: routeYaml('[{backendRefs: [{name: a}]}]') + policy('timeout: {http: {requestTimeout: 5m}}'),
      want: '300s',
    },
  ])('take a timeout from $name', ({ yaml, want }) => {
    expect(at(routesOf(planYaml(yaml + backends)), 0, 'route', 'timeout')).toBe(want);
  });

  test.each([
    { timeouts: '{request: 30s, backendRequest: 1m}', policy: '', want: undefined },
    { timeouts: '{request: 1m, backendRequest: 60s}', policy: '', want: '60s' },
    { timeouts: '{request: 0s, backendRequest: 1m}', policy: '', want: '60s' },
    { timeouts: '{backendRequest: 1m}', policy: '', want: '60s' },
    {
      timeouts: '{backendRequest: 1m}',
      policy: policy('timeout: {http: {requestTimeout: 30s}}'),
      want: undefined,
    },
    {
      timeouts: '{request: 2m, backendRequest: 1m}',
      policy: policy('timeout: {http: {requestTimeout: 30s}}'),
      want: '60s',
    },
  ])(
    'leave out an attempt that is longer than the request: $timeouts',
    ({ timeouts, policy: more, want }) => {
      const plan = planYaml(
        routeYaml(`[{backendRefs: [{name: a}], timeouts: ${timeouts}}]`) + backends + more,
      );
      const retryPolicy = (at(routesOf(plan), 0, 'route') as JsonObject)['retry_policy'] as
        JsonObject | undefined;
      expect(retryPolicy?.['per_try_timeout']).toBe(want);
      const said = problemsOf(plan).filter((text) =>
        text.includes('spec.rules[0].timeouts.backendRequest: 1m is longer'),
      );
      expect(said).toHaveLength(want === undefined ? 1 : 0);
    },
  );

  test.each([
    { name: 'an unsupported schema', rules: '[{backendRefs: [{name: v}]}]', status: 501 },
    { name: 'an unsupported type of credentials', rules: '[{backendRefs: [{name: gcp}]}]', status: 501 },
    { name: 'a backend that is missing', rules: '[{backendRefs: [{name: gone}]}]', status: 503 },
    { name: 'a Secret that is missing', rules: '[{backendRefs: [{name: keyless}]}]', status: 503 },
    { name: 'a grant that is missing', rules: '[{backendRefs: [{name: a, namespace: team}]}]', status: 503 },
    {
      name: 'an unsupported schema and a backend that is missing',
      rules: '[{backendRefs: [{name: v}, {name: gone}]}]',
      status: 503,
    },
    {
      name: 'an unsupported schema and one of weight 0',
      rules: '[{backendRefs: [{name: v}, {name: a, weight: 0}]}]',
      status: 501,
    },
    { name: 'no backends', rules: '[{matches: []}]', status: 503 },
    { name: 'only weight 0', rules: '[{backendRefs: [{name: a, weight: 0}]}]', status: 503 },
    {
      name: 'an InferencePool',
      rules: '[{backendRefs: [{name: p, group: inference.networking.k8s.io, kind: InferencePool}]}]',
      status: 501,
    },
  ])('answer directly for $name', ({ rules, status }) => {
    const unusable =
      backendYaml('v', 'GCPVertexAI', 'vertex.example') +
      backendYaml('gcp', 'OpenAI', 'gcp.example') +
      backendYaml('keyless', 'OpenAI', 'keyless.example') +
      keyYaml('keyless', 'keyless', 'APIKey', 'k')
        .replace('kind: Secret', 'kind: ConfigMap')
        .replace('stringData', 'data') +
      keyYaml('gcp', 'gcp', 'APIKey', 'k')
        .replace('type: APIKey', 'type: GCPCredentials')
        .replace('apiKey: {secretRef: {name: gcp}}', 'gcpCredentials: {projectName: p, region: r}');
    const plan = planYaml(routeYaml(rules) + backends + unusable);
    expect(at(routesOf(plan), 0, 'direct_response', 'status')).toBe(status);
  });
});

describe('retries', () => {
  const retry = (rules: string, more = ''): JsonObject =>
    at(routesOf(planYaml(routeYaml(rules) + backends + more)), 0, 'route', 'retry_policy') as JsonObject;

  test('go to the next priority by default', () => {
    expect(retry('[{backendRefs: [{name: a}, {name: b, priority: 1}]}]')).toMatchObject({
      retry_on: expect.stringContaining('retriable-status-codes') as string,
      retriable_status_codes: [408, 424, 429, 500, 502, 503, 504, 529],
      num_retries: 1,
      retry_priority: {
        name: 'envoy.retry_priorities.previous_priorities',
        typed_config: { update_frequency: 1 },
      },
    });
  });

  test('go to another host where the priority is one', () => {
    const policyOf = retry('[{backendRefs: [{name: a}, {name: b}]}]');
    expect(policyOf).toMatchObject({
      retry_host_predicate: [{ name: 'envoy.retry_host_predicates.previous_hosts' }],
    });
    expect(policyOf).not.toHaveProperty('retry_priority');
  });

  test("are a policy's where there is one", () => {
    const spec =
      'retry: {numRetries: 4, numAttemptsPerPriority: 2, retryOn: {triggers: [connect-failure], httpStatusCodes: [500]}, perRetry: {timeout: 250ms, backOff: {baseInterval: 100ms, maxInterval: 1s}}}';
    expect(retry('[{backendRefs: [{name: a}, {name: b, priority: 1}]}]', policy(spec))).toMatchObject({
      retry_on: 'connect-failure,retriable-status-codes',
      retriable_status_codes: [500],
      num_retries: 4,
      per_try_timeout: '0.25s',
      retry_back_off: { base_interval: '0.1s', max_interval: '1s' },
      retry_priority: { typed_config: { update_frequency: 2 } },
    });
  });

  test('of the policy closest to the rule', () => {
    const gateway = policy(
      'retry: {numRetries: 7}',
      '{group: gateway.networking.k8s.io, kind: Gateway, name: gw}',
    ).replace('{name: t}', '{name: g}');
    expect(retry('[{backendRefs: [{name: a}]}]', gateway)).toMatchObject({ num_retries: 7 });
    expect(retry('[{backendRefs: [{name: a}]}]', gateway + policy('retry: {numRetries: 3}'))).toMatchObject({
      num_retries: 3,
    });
  });

  describe('of a signature that the next one will do better than', () => {
    const aws = awsYaml('p', 'a', '{region: us-east-1}');
    const one = '[{backendRefs: [{name: a}]}]';
    const mark = { retriable_headers: [{ name: 'x-ai-eg-sign-again', present_match: true }] };

    test.each([
      ['no policy', ''],
      ['a policy that forbids others', policy('retry: {numRetries: 0}')],
    ])('need %s and bring no other retries', (_name, more) => {
      expect(retry(one, aws + more)).toEqual({ retry_on: 'retriable-headers', num_retries: 1, ...mark });
    });

    test('join the others', () => {
      expect(retry(one, aws + policy('retry: {retryOn: {httpStatusCodes: [500]}}'))).toMatchObject({
        retry_on: 'retriable-status-codes,retriable-headers',
        num_retries: 2,
        ...mark,
      });
    });

    test('do not exist where nothing is signed', () => {
      expect(retry('[{backendRefs: [{name: a}, {name: b}]}]')).not.toHaveProperty('retriable_headers');
    });
  });

  test('streamIdleTimeout may be longer than what the listener allows', () => {
    const [long, short] = ['20m', '9m'].map(
      (idle) => routes(`[{backendRefs: [{name: a}], streamIdleTimeout: ${idle}}]`)[0],
    );
    expect(long).toMatchObject({
      route: { idle_timeout: '1210s', retry_policy: { per_try_idle_timeout: '1200s' } },
    });
    expect(at(short, 'route')).not.toHaveProperty('idle_timeout');
  });

  test('streamIdleTimeout bounds the silence of an attempt', () => {
    expect(retry('[{backendRefs: [{name: a}], streamIdleTimeout: 30s}]')).toEqual({
      per_try_idle_timeout: '30s',
    });
    // The processor ends a silent stream before Envoy cuts it.
    expect(routes('[{backendRefs: [{name: a}], streamIdleTimeout: 30s}]')[0]).toMatchObject({
      metadata: { filter_metadata: { 'aigateway.envoy.io': { aigw_stream_idle_ms: '30000' } } },
    });
  });
});

test('the processor reads every request that is valid HTTP, and only those: every host ends in a route for the rest', () => {
  const config = at(planYaml(routeYaml('[]')).envoy.routes, 'resources', 0);
  expect(at(config, 'typed_per_filter_config')).toEqual({
    'envoy.filters.http.ext_proc/aigateway': {
      '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig',
      config: {},
    },
  });
  expect(at(config, 'virtual_hosts', 0)).toMatchObject({
    domains: ['*'],
    routes: [{ name: 'aigw.not-found', match: { prefix: '/' }, direct_response: { status: 404 } }],
  });
});

describe('hosts', () => {
  const gateway = (listeners: string): string =>
    `\n---\n{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: gw}, spec: {gatewayClassName: x, listeners: ${listeners}}}`;
  const domains = (listeners: string, more = ''): unknown[] => {
    const plan = planYaml(routeYaml('[{backendRefs: [{name: a}]}]', more) + backends + gateway(listeners));
    return (at(plan.envoy.routes, 'resources') as JsonObject[]).map((config) =>
      (at(config, 'virtual_hosts') as JsonObject[]).map(({ domains: names, routes: list }) => [
        names,
        (list as []).length - 1,
      ]),
    );
  };

  test.each([
    { name: 'any', listeners: '[{name: h, port: 80, protocol: HTTP}]', more: '', want: [[[['*'], 1]]] },
    {
      name: "the route's",
      listeners: '[{name: h, port: 80, protocol: HTTP}]',
      more: '  hostnames: [a.example, "*.b.example"]',
      want: [
        [
          [['a.example'], 1],
          [['*.b.example'], 1],
          [['*'], 0],
        ],
      ],
    },
    {
      name: 'those that both have',
      listeners: '[{name: h, port: 80, protocol: HTTP, hostname: "*.example"}]',
      more: '  hostnames: [a.example, b.other]',
      want: [
        [
          [['a.example'], 1],
          [['*'], 0],
        ],
      ],
    },
    {
      name: "the listener's under the route's wildcard",
      listeners: '[{name: h, port: 80, protocol: HTTP, hostname: a.example}]',
      more: '  hostnames: ["*.example"]',
      want: [
        [
          [['a.example'], 1],
          [['*'], 0],
        ],
      ],
    },
    {
      name: 'one table per port',
      listeners: '[{name: h, port: 8080, protocol: HTTP}, {name: i, port: 8081, protocol: HTTP}]',
      more: '',
      want: [[[['*'], 1]], [[['*'], 1]]],
    },
  ])('are $name', ({ listeners, more, want }) => {
    expect(domains(listeners, more)).toEqual(want);
  });
});
