import type { JsonObject } from '../json.ts';
import { at, planYaml } from '../__fixtures__/plan-yaml.ts';
import { backendYaml, model, routeYaml } from '../__fixtures__/resources.ts';

const yaml =
  routeYaml(`[{backendRefs: [{name: b}], matches: ${model('m')}}]`) +
  backendYaml('b', 'OpenAI', 'api.openai.com');
const gateway = (name: string, port: number): string =>
  `\n---\n{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: ${name}}, spec: {gatewayClassName: x, listeners: [{name: http, port: ${port}, protocol: HTTP}]}}`;
const manager = (text: string): JsonObject =>
  at(
    planYaml(text).envoy.listeners,
    'resources',
    0,
    'filter_chains',
    0,
    'filters',
    0,
    'typed_config',
  ) as JsonObject;

describe('ports', () => {
  test('a Gateway that only routes name is implied on 1975', () => {
    expect(planYaml(yaml).listeners).toEqual([
      { name: 'http', gateway: 'default/gw', address: '127.0.0.1', port: 1975, requestedPort: 1975 },
    ]);
  });

  test('privileged ones move, and --port is for the first listener', () => {
    const two = yaml + gateway('gw', 80) + gateway('other', 8080);
    expect(planYaml(two).listeners.map(({ port }) => port)).toEqual([10_080, 8080]);
    expect(planYaml(two, { port: 4000 }).listeners).toMatchObject([
      { port: 4000, requestedPort: 80 },
      { port: 8080 },
    ]);
  });

  test('are shared by Gateways that ask for the same', () => {
    const plan = planYaml(yaml + gateway('gw', 8080) + gateway('other', 8080));
    expect(plan.listeners).toHaveLength(2);
    expect(at(plan.envoy.listeners, 'resources')).toHaveLength(1);
  });

  test('of other protocols are not bound, and said so', () => {
    const plan = planYaml(yaml + gateway('gw', 443).replace('HTTP', 'HTTPS'));
    expect(plan.listeners).toEqual([]);
    expect(plan.problems[0]).toMatchObject({ severity: 'warning', path: 'spec.listeners[0].protocol' });
  });

  test('models name their port and headers', () => {
    expect(planYaml(yaml).models).toEqual([{ name: 'm', headers: [], port: 1975 }]);
  });
});

describe('limits', () => {
  const limit = (text: string): unknown =>
    at(planYaml(text).envoy.listeners, 'resources', 0, 'per_connection_buffer_limit_bytes');
  const policy = (target: string): string =>
    `\n---\n{apiVersion: gateway.envoyproxy.io/v1alpha1, kind: ClientTrafficPolicy, metadata: {name: c}, spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: ${target}}], connection: {bufferLimit: 1Mi}}}`;

  test('are 50 MiB, or what a ClientTrafficPolicy of the Gateway says', () => {
    expect(limit(yaml)).toBe(52_428_800);
    expect(limit(yaml + policy('gw'))).toBe(1_048_576);
    expect(limit(yaml + policy('other'))).toBe(52_428_800);
  });
});

describe('connection manager', () => {
  test('takes internal headers from clients before anything is looked up', () => {
    expect(at(manager(yaml), 'early_header_mutation_extensions', 0, 'typed_config', 'mutations')).toEqual([
      { remove_on_match: { key_matcher: { prefix: 'x-ai-eg-', ignore_case: true } } },
      { remove_on_match: { key_matcher: { prefix: 'x-envoy-', ignore_case: true } } },
      { remove: 'x-gateway-destination-endpoint' },
    ]);
  });

  test('keeps connections on which a client made a mistake', () => {
    expect(manager(yaml)).toMatchObject({
      http_protocol_options: { override_stream_error_on_invalid_http_message: true },
    });
  });

  test('remembers the path, processes, remembers the link, routes', () => {
    const filters = at(manager(yaml), 'http_filters') as JsonObject[];
    expect(filters.map(({ name }) => name)).toEqual([
      'aigw.remember-path',
      'envoy.filters.http.ext_proc/aigateway',
      'aigw.remember-link',
      'envoy.filters.http.router',
    ]);
    // Where no route was found yet, an answer of Envoy must not wait for the processor.
    expect(filters[1]).toMatchObject({ disabled: true });
    expect(at(filters, 1, 'typed_config')).toMatchObject({
      failure_mode_allow: false,
      allow_mode_override: true,
      processing_mode: {
        request_header_mode: 'SEND',
        request_body_mode: 'BUFFERED',
        response_header_mode: 'SEND',
        response_body_mode: 'BUFFERED',
        response_trailer_mode: 'SEND',
      },
      response_attributes: ['response.code_details'],
    });
    // Request attributes would make the data plane take it for an attempt.
    expect(at(filters, 1, 'typed_config')).not.toHaveProperty('request_attributes');
  });

  test('does not depend on routes, which must not drain it', () => {
    expect(manager(yaml)).toEqual(manager(routeYaml('[]')));
  });

  test('logs only where it is told to, and no header that may hold a key', () => {
    expect(manager(yaml)).not.toHaveProperty('access_log');
    const logged = JSON.stringify(planYaml(yaml, { logPath: '/dev/stdout' }).envoy.listeners);
    expect(logged).toContain('/dev/stdout');
    expect(logged).not.toMatch(/REQ\((authorization|x-api-key)/i);
  });
});

test('the bootstrap keeps the admin interface on a socket and closes calls of the processor gently', () => {
  expect(planYaml(yaml).envoy.bootstrap).toMatchObject({
    admin: { address: { pipe: { path: '/run/aigw/admin.sock', mode: 0o600 } } },
    dynamic_resources: {
      lds_config: { path_config_source: { path: '/run/aigw/lds.json' } },
      cds_config: { path_config_source: { path: '/run/aigw/cds.json' } },
    },
    layered_runtime: {
      layers: [{ static_layer: { 'envoy.reloadable_features.ext_proc_graceful_grpc_close': true } }],
    },
  });
});

test('the processor is an EDS cluster with one socket', () => {
  const { clusters, endpoints } = planYaml(yaml).envoy;
  expect(at(clusters, 'resources', 0)).toMatchObject({ name: 'aigw-extproc', type: 'EDS' });
  expect(at(endpoints, 'resources', 0, 'endpoints', 0, 'lb_endpoints')).toEqual([
    { endpoint: { address: { pipe: { path: '/run/aigw/extproc.sock' } } } },
  ]);
});
