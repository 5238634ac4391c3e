import { processLauncher } from '../src/launchers/process-launcher.ts';
import { waitUntil } from '../src/wait-until.ts';
import {
  allRoutes,
  clusterNamed,
  type EnvoyConfig,
  type EnvoyMessage,
  managerOf,
  proxyAdmin,
  readEnvoyConfig,
  standaloneAdmin,
} from './envoy-config.ts';
import { applyGoldenRoutes, readManifest } from './golden-requests.ts';
import { type ProcessCluster, startProcessCluster } from './process-cluster.ts';

/** What a real Envoy has after Envoy Gateway's translation has been stamped, beside what `aigw run` gives to its own. */

let cluster: ProcessCluster;
let stamped: EnvoyConfig;
let standalone: EnvoyConfig;

const rule = (index: number): string => `httproute/default/priorities/rule/${index}`;

async function readStandalone(): Promise<EnvoyConfig> {
  const yaml = `${readManifest('base')}\n---\n${readManifest('priorities')}`;
  const gateway = await processLauncher.start({ yaml });
  try {
    return await readEnvoyConfig(standaloneAdmin(gateway.temporaryFolder));
  } finally {
    await gateway.stop();
  }
}

beforeAll(async () => {
  standalone = await readStandalone();
  cluster = await startProcessCluster();
  await applyGoldenRoutes(cluster.server, 'priorities');
  stamped = await waitUntil(
    'the routes in Envoy',
    async () => {
      const [proxy] = cluster.pods('proxy');
      const config = proxy && (await readEnvoyConfig(proxyAdmin(proxy)).catch(() => undefined));
      const names = config === undefined ? [] : allRoutes(config).map(({ name }) => String(name));
      return names.some((name) => name.startsWith(rule(1))) && config;
    },
    { withinMs: 60_000 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${cluster.logs()}`, { cause: error });
  });
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

const processor = 'envoy.filters.http.ext_proc/aigateway';
const optionsType = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

const stampedManager = (): EnvoyMessage => managerOf(stamped, (name) => name === 'default/priorities/http');
const standaloneManager = (): EnvoyMessage => managerOf(standalone, () => true);

function filterOf(filters: readonly EnvoyMessage[], name: string): EnvoyMessage {
  const found = filters.find((filter) => filter['name'] === name);
  if (found === undefined) throw new Error(`no filter ${name}`);
  return found;
}

/** The action of a rule's route. */
function actionOf(config: EnvoyConfig, index: number): EnvoyMessage {
  const route = allRoutes(config).find(({ name }) => String(name).startsWith(rule(index)));
  if (route === undefined) throw new Error(`no route of rule ${index}`);
  return route['route'] as EnvoyMessage;
}

const clusterOf = (config: EnvoyConfig, index: number): EnvoyMessage =>
  clusterNamed(config, String(actionOf(config, index)['cluster']));

const optionsOf = (config: EnvoyConfig, index: number): EnvoyMessage =>
  clusterOf(config, index)['typed_extension_protocol_options']?.[optionsType] as EnvoyMessage;

const endpointsOf = (config: EnvoyConfig, index: number): EnvoyMessage[] =>
  (clusterOf(config, index)['load_assignment'] as EnvoyMessage)['endpoints'] as EnvoyMessage[];

describe('the listener', () => {
  test('has our filters around those of others, the processor off until a route turns it on', () => {
    const filters = stampedManager()['http_filters'] as EnvoyMessage[];
    const names = filters.map(({ name }) => String(name));
    expect(names[0]).toBe('aigw.remember-path');
    expect(names.indexOf('aigw.remember-link')).toBe(names.indexOf(processor) + 1);
    expect(names.at(-1)).toBe('envoy.filters.http.router');
    expect(filterOf(filters, processor)).toMatchObject({
      disabled: true,
      typed_config: {
        grpc_service: { envoy_grpc: { cluster_name: 'aigw-extproc' } },
        processing_mode: {
          request_header_mode: 'SEND',
          request_body_mode: 'BUFFERED',
          request_trailer_mode: 'SKIP',
          response_header_mode: 'SEND',
          response_body_mode: 'BUFFERED',
          response_trailer_mode: 'SEND',
        },
        allow_mode_override: true,
        mutation_rules: { allow_all_routing: true, allow_envoy: true },
        metadata_options: { receiving_namespaces: { untyped: ['io.envoy.ai_gateway'] } },
        response_attributes: ['response.code_details'],
      },
    });
  });

  test.each(['aigw.remember-path', processor, 'aigw.remember-link'])('has %s as aigw run has it', (name) => {
    const [left, right] = [stampedManager(), standaloneManager()].map((manager) =>
      filterOf(manager['http_filters'] as EnvoyMessage[], name),
    );
    expect(left).toEqual(right);
  });

  test('answers errors of its own in the dialects, as aigw run does', () => {
    const { local_reply_config: replies } = stampedManager();
    expect(((replies as EnvoyMessage)['mappers'] as unknown[]).length).toBeGreaterThan(10);
    expect(replies).toEqual(standaloneManager()['local_reply_config']);
  });

  test('takes internal headers from clients before anything sees them', () => {
    const [first] = stampedManager()['early_header_mutation_extensions'] as EnvoyMessage[];
    const [own] = standaloneManager()['early_header_mutation_extensions'] as EnvoyMessage[];
    expect(JSON.stringify(first)).toContain('x-ai-eg-');
    expect(first).toEqual(own);
  });

  test('leaves escaped slashes in paths as they are, as aigw run does', () => {
    for (const manager of [stampedManager(), standaloneManager()]) {
      expect(manager['path_with_escaped_slashes_action']).toBe('KEEP_UNCHANGED');
    }
  });

  test('lets a stream be silent for ten minutes, and has room for a prompt with images', () => {
    const manager = stampedManager();
    expect(manager['stream_idle_timeout']).toBe('600s');
    expect(manager['common_http_protocol_options']).toMatchObject({ max_headers_count: 200 });
    expect(manager['http_protocol_options']).toMatchObject({
      override_stream_error_on_invalid_http_message: true,
    });
    expect((manager['listener'] as EnvoyMessage)['per_connection_buffer_limit_bytes']).toBe(52_428_800);
  });
});

describe('a cluster of backends', () => {
  test('translates and signs each attempt, and puts back the length that a new body loses', () => {
    const filters = optionsOf(stamped, 0)['http_filters'] as EnvoyMessage[];
    expect(filters.map(({ name }) => String(name))).toEqual([
      'aigw.restore-link',
      processor,
      'aigw.finish',
      'envoy.filters.http.upstream_codec',
    ]);
    const { typed_config: typed } = filterOf(filters, processor);
    expect(typed).toMatchObject({
      processing_mode: {
        request_header_mode: 'SEND',
        request_trailer_mode: 'SKIP',
        response_header_mode: 'SEND',
        response_body_mode: 'STREAMED',
        response_trailer_mode: 'SEND',
      },
      allow_mode_override: true,
      mutation_rules: { allow_all_routing: true, allow_envoy: true },
      send_body_without_waiting_for_header_response: true,
    });
    // NONE is the default, which a dump leaves out.
    expect((typed as EnvoyMessage)['processing_mode']).not.toHaveProperty('request_body_mode');
    expect(filterOf(filters, 'aigw.finish')['typed_config'].mutations.request_mutations).toContainEqual({
      append: {
        append_action: 'ADD_IF_ABSENT',
        header: {
          key: 'content-length',
          value: '%DYNAMIC_METADATA(io.envoy.ai_gateway:content_length)%',
        },
      },
    });
  });

  test.each([0, 1])('of rule %i has the filters, limits and buffers that aigw run gives it', (index) => {
    const [left, right] = [stamped, standalone].map((config) => {
      const options = optionsOf(config, index);
      const whole = clusterOf(config, index);
      return {
        filters: options['http_filters'] as unknown,
        idle: (options['common_http_protocol_options'] as EnvoyMessage)['idle_timeout'] as unknown,
        limits: whole['circuit_breakers'] as unknown,
        buffer: whole['per_connection_buffer_limit_bytes'] as unknown,
      };
    });
    expect(left).toEqual(right);
    expect(left).toMatchObject({ idle: '50s', buffer: 52_428_800 });
    expect(JSON.stringify(left?.limits)).toContain('"max_requests":65536');
  });

  test.each([0, 1])(
    'of rule %i names the backend and the host of each endpoint, in order of priority',
    (index) => {
      const [left, right] = [stamped, standalone].map((config) =>
        endpointsOf(config, index).map((locality) => ({
          region: (locality['locality'] as EnvoyMessage)['region'] as unknown,
          priority: (locality['priority'] ?? 0) as unknown,
          endpoints: (locality['lb_endpoints'] as EnvoyMessage[]).map(({ metadata, endpoint }) => ({
            ours: (metadata as EnvoyMessage)['filter_metadata']['aigateway.envoy.io'] as unknown,
            hostname: (endpoint as EnvoyMessage)['hostname'] as unknown,
          })),
        })),
      );
      expect(left).toEqual(right);
      expect(left?.map(({ priority }) => priority)).toEqual(index === 0 ? [0, 1] : [0]);
    },
  );
});

describe('the routes', () => {
  test('turn the processor on, say which they are, and keep what tells of the client from providers', () => {
    const routes = allRoutes(stamped);
    expect(routes).toHaveLength(3);
    for (const route of routes) {
      expect(route['typed_per_filter_config']).toEqual({
        [processor]: { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', config: {} },
      });
      expect((route['metadata'] as EnvoyMessage)['filter_metadata']['aigateway.envoy.io']).toMatchObject({
        aigw_route_name: 'default/priorities',
      });
      const [own] = standalone.routes;
      expect(route['request_headers_to_remove']).toEqual(
        expect.arrayContaining(own?.['request_headers_to_remove'] as string[]),
      );
    }
  });

  test('end with the one for what no rule takes', () => {
    expect(allRoutes(stamped).at(-1)).toMatchObject({
      name: 'aigw.not-found',
      direct_response: { status: 404 },
    });
  });

  test('try again and give up on silence as aigw run does', () => {
    expect(actionOf(stamped, 0)['retry_policy']).toEqual(actionOf(standalone, 0)['retry_policy']);
    expect(actionOf(stamped, 0)['retry_policy']).toMatchObject({ per_try_idle_timeout: '20s' });
    expect(actionOf(stamped, 1)).not.toHaveProperty('retry_policy');
  });

  test('have no limit on the whole of an answer, and ten minutes on silence', () => {
    for (const index of [0, 1]) {
      expect(actionOf(stamped, index)).toMatchObject({
        timeout: '0s',
        idle_timeout: '600s',
      });
      // 503 for a cluster that is gone, and no x-forwarded-host: defaults, which a dump leaves out.
      // Not of a route that has just come.
      expect([undefined, 'NOT_FOUND']).toContain(actionOf(stamped, index)['cluster_not_found_response_code']);
      expect(actionOf(stamped, index)).not.toHaveProperty('append_x_forwarded_host');
    }
  });
});

test('the processor is reached by its socket, under the limits that many streams need', () => {
  const [left, right] = [stamped, standalone].map((config) => {
    const {
      eds_cluster_config: _eds,
      load_assignment: _endpoints,
      type: _type,
      ...whole
    } = clusterNamed(config, 'aigw-extproc');
    return whole;
  });
  expect(left).toEqual(right);
  const processorCluster = clusterNamed(stamped, 'aigw-extproc');
  expect(processorCluster['load_assignment']).toMatchObject({
    endpoints: [
      {
        lb_endpoints: [{ endpoint: { address: { pipe: { path: '/etc/ai-gateway-extproc-uds/run.sock' } } } }],
      },
    ],
  });
});
