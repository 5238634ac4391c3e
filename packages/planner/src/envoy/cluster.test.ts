import type { JsonObject } from '../json.ts';
import { at, clusterOf, mock, planYaml } from '../__fixtures__/plan-yaml.ts';
import { awsYaml, backendYaml, bedrockHost, routeYaml } from '../__fixtures__/resources.ts';

const bedrock = backendYaml('a', 'AWSBedrock', bedrockHost) + awsYaml('p', 'a', '{}');
const anthropic = backendYaml('b', 'Anthropic', 'api.anthropic.com');
const two = (a: string, b: string): JsonObject =>
  clusterOf(planYaml(routeYaml(`[{backendRefs: [{name: a${a}}, {name: b${b}}]}]`) + bedrock + anthropic));
const localities = (cluster: JsonObject): JsonObject[] =>
  at(cluster, 'load_assignment', 'endpoints') as JsonObject[];

describe('localities', () => {
  test('are the backends of a rule, with their weights', () => {
    expect(localities(two(', weight: 9', ''))).toMatchObject([
      { priority: 0, load_balancing_weight: 9 },
      { priority: 0, load_balancing_weight: 1 },
    ]);
    expect(at(two('', ''), 'common_lb_config')).toHaveProperty('locality_weighted_lb_config');
  });

  test('have priorities without gaps', () => {
    expect(localities(two(', priority: 7', ', priority: 3')).map(({ priority }) => priority)).toEqual([1, 0]);
  });

  test('leave weight 0 out', () => {
    expect(localities(two(', weight: 0', ''))).toMatchObject([
      { lb_endpoints: [{ endpoint: { hostname: 'api.anthropic.com' } }] },
    ]);
  });

  test('tell the data plane who they are', () => {
    expect(at(localities(two('', '')), 0, 'lb_endpoints', 0)).toMatchObject({
      endpoint: { hostname: bedrockHost },
      metadata: {
        filter_metadata: {
          'aigateway.envoy.io': {
            per_route_rule_backend_name: expect.stringMatching(
              /^default\/a\/route\/r\/rule\/0\/ref\/0\/to\/[0-9a-f]{8}$/,
            ) as string,
            upstream_host: bedrockHost,
          },
        },
      },
    });
  });
});

describe('TLS', () => {
  test('is chosen per endpoint: name, authorities, and only TLS 1.2 or newer', () => {
    const cluster = two('', '');
    const endpoints = localities(cluster).map((locality) =>
      at(locality, 'lb_endpoints', 0, 'metadata', 'filter_metadata', 'envoy.transport_socket_match'),
    );
    expect(endpoints).toEqual([{ tls: 'tls-0' }, { tls: 'tls-1' }]);
    expect(at(cluster, 'transport_socket_matches', 1)).toMatchObject({
      match: { tls: 'tls-1' },
      transport_socket: {
        typed_config: {
          sni: 'api.anthropic.com',
          common_tls_context: {
            tls_params: { tls_minimum_protocol_version: 'TLSv1_2' },
            validation_context: {
              trusted_ca: { filename: '/etc/ca.pem' },
              match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'api.anthropic.com' } }],
            },
          },
        },
      },
    });
  });

  test('trusts a ConfigMap and other names when told to', () => {
    const yaml = anthropic.replace(
      'wellKnownCACertificates: System, hostname',
      'caCertificateRefs: [{group: "", kind: ConfigMap, name: ca}], subjectAltNames: [{type: URI, uri: "spiffe://x"}], hostname',
    );
    const plan = planYaml(
      `${routeYaml('[{backendRefs: [{name: b}]}]')}${yaml}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: ca}, data: {ca.crt: PEM}}`,
    );
    expect(
      at(
        clusterOf(plan),
        'transport_socket_matches',
        0,
        'transport_socket',
        'typed_config',
        'common_tls_context',
        'validation_context',
      ),
    ).toEqual({
      trusted_ca: { inline_string: 'PEM' },
      match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: 'spiffe://x' } }],
    });
  });

  test('comes by itself with an ExternalName', () => {
    const yaml = `${anthropic.replace('kind: Backend, group: gateway.envoyproxy.io', 'kind: Service')}\n---\n{apiVersion: v1, kind: Service, metadata: {name: b}, spec: {type: ExternalName, externalName: api.anthropic.com}}`;
    const cluster = clusterOf(planYaml(routeYaml('[{backendRefs: [{name: b}]}]') + yaml));
    expect(at(cluster, 'transport_socket_matches', 0, 'transport_socket', 'typed_config', 'sni')).toBe(
      'api.anthropic.com',
    );
    expect(at(localities(cluster), 0, 'lb_endpoints', 0, 'endpoint', 'address')).toEqual({
      socket_address: { address: 'api.anthropic.com', port_value: 443 },
    });
  });

  test('is not used where nobody asks for it', () => {
    const yaml = backendYaml('b', 'OpenAI', 'llm.example', 8000).split('---').slice(0, 3).join('---');
    expect(clusterOf(planYaml(routeYaml('[{backendRefs: [{name: b}]}]') + yaml))).not.toHaveProperty(
      'transport_socket_matches',
    );
  });
});

describe('addresses', () => {
  const server = (endpoint: string): JsonObject => {
    const yaml = backendYaml('b', 'OpenAI', 'x.example').replace(
      '{fqdn: {hostname: x.example, port: 443}}',
      endpoint,
    );
    return clusterOf(planYaml(routeYaml('[{backendRefs: [{name: b}]}]') + yaml));
  };

  test('that are names are resolved', () => {
    expect(server('{fqdn: {hostname: a.example, port: 443}}')).toHaveProperty(
      'cluster_type.name',
      'envoy.cluster.dns',
    );
  });

  test.each([
    { endpoint: '{ip: {address: 10.0.0.1, port: 443}}', host: 'x.example' },
    { endpoint: '{ip: {address: 10.0.0.1, port: 443}, hostname: y.example}', host: 'y.example' },
    { endpoint: '{unix: {path: /run/x.sock}}', host: 'localhost' },
  ])('$endpoint stays as it is, with host $host', ({ endpoint, host }) => {
    const cluster = server(endpoint);
    expect(cluster).toMatchObject({ type: 'STATIC' });
    expect(at(localities(cluster), 0, 'lb_endpoints', 0, 'endpoint', 'hostname')).toBe(host);
  });

  test('have their brackets and port where they have no name', () => {
    const yaml = backendYaml('b', 'OpenAI', 'x.example').replace(
      '{fqdn: {hostname: x.example, port: 443}}',
      '{ip: {address: "::1", port: 8000}}',
    );
    const plain = yaml.split('---').slice(0, 3).join('---');
    const cluster = clusterOf(planYaml(routeYaml('[{backendRefs: [{name: b}]}]') + plain));
    expect(at(localities(cluster), 0, 'lb_endpoints', 0, 'endpoint', 'hostname')).toBe('[::1]:8000');
  });

  test('of providers become the mock, in plain text, under their own host', () => {
    const cluster = clusterOf(planYaml(routeYaml('[{backendRefs: [{name: a}]}]') + bedrock, { mock }));
    expect(cluster).toMatchObject({ type: 'STATIC' });
    expect(cluster).not.toHaveProperty('transport_socket_matches');
    expect(at(localities(cluster), 0, 'lb_endpoints', 0)).toMatchObject({
      endpoint: {
        address: { socket_address: { address: '127.0.0.1', port_value: 18_999 } },
        hostname: bedrockHost,
      },
      metadata: { filter_metadata: { 'aigateway.envoy.io': { upstream_host: bedrockHost } } },
    });
  });
});

test('limits are above what newcomers trip over', () => {
  const cluster = two('', '');
  for (const threshold of at(cluster, 'circuit_breakers', 'thresholds') as JsonObject[]) {
    expect(Object.values(threshold).filter((value) => typeof value === 'number')).toEqual([
      65_536, 65_536, 65_536, 65_536,
    ]);
  }
  expect(at(cluster, 'per_connection_buffer_limit_bytes')).toBe(52_428_800);
});

describe('upstream filters', () => {
  const options = at(
    two('', ''),
    'typed_extension_protocol_options',
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
  );
  const filters = at(options, 'http_filters') as JsonObject[];

  test('put the link back, process, finish, and send, in this order', () => {
    expect(filters.map(({ name }) => name)).toEqual([
      'aigw.restore-link',
      'envoy.filters.http.ext_proc/aigateway',
      'aigw.finish',
      'envoy.filters.http.upstream_codec',
    ]);
  });

  test('see no request body, and of the response what the processor stays for; with its attributes', () => {
    expect(at(filters, 1, 'typed_config')).toMatchObject({
      failure_mode_allow: false,
      processing_mode: {
        request_header_mode: 'SEND',
        request_body_mode: 'NONE',
        response_header_mode: 'SEND',
        response_body_mode: 'STREAMED',
        response_trailer_mode: 'SEND',
      },
      // Without it no body is shown while the headers wait for it, and every stream would time out.
      send_body_without_waiting_for_header_response: true,
      message_timeout: '20s',
      max_message_timeout: '600s',
      mutation_rules: { allow_all_routing: true, allow_envoy: true },
      request_attributes: [
        "xds.upstream_host_metadata.filter_metadata['aigateway.envoy.io']['per_route_rule_backend_name']",
        "xds.cluster_metadata.filter_metadata['aigateway.envoy.io']['per_route_rule_backend_name']",
        "xds.upstream_host_metadata.filter_metadata['aigateway.envoy.io']['upstream_host']",
        "xds.upstream_host_metadata.filter_metadata['aigateway.envoy.io']['upstream_address']",
        "xds.cluster_metadata.filter_metadata['aigateway.envoy.io']['upstream_address']",
        "xds.route_metadata.filter_metadata['aigateway.envoy.io']['aigw_route_name']",
        "xds.route_metadata.filter_metadata['aigateway.envoy.io']['aigw_stream_idle_ms']",
      ],
    });
  });

  test('restore the length and send no internal header', () => {
    expect(at(filters, 2, 'typed_config', 'mutations', 'request_mutations')).toEqual([
      {
        append: {
          append_action: 'ADD_IF_ABSENT',
          header: { key: 'content-length', value: '%DYNAMIC_METADATA(io.envoy.ai_gateway:content_length)%' },
        },
      },
      { remove_on_match: { key_matcher: { prefix: 'x-ai-eg-', ignore_case: true } } },
      { remove: 'x-envoy-original-path' },
    ]);
  });
});
