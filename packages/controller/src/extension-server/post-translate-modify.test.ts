import {
  type Cluster,
  Cluster_DiscoveryType,
  ClusterSchema,
  ExternalProcessorSchema,
  fromBinary,
  HttpProtocolOptionsSchema,
  type PostTranslateModifyResponse,
  PostTranslateModifyResponseSchema,
  type Route,
  toBinary,
  toJson,
  WireType,
  xdsTypes,
} from '@aigw/envoy-proto/xds';
import type { StampedBackend } from '@aigw/planner';
import fc from 'fast-check';
import {
  annotated,
  hostsOf,
  readRecording,
  readStampedRecording,
  recordings,
} from './__fixtures__/recorded-request.ts';
import { clusterOf, managerOf, managersOf, ours, twoBackends } from './__fixtures__/stamped-parts.ts';
import { translate } from './__fixtures__/translate.ts';
import { unpack } from './messages.ts';

function filterNames(cluster: Cluster): string[] {
  const any = cluster.typedExtensionProtocolOptions[HttpProtocolOptionsSchema.typeName];
  return (unpack(HttpProtocolOptionsSchema, any)?.httpFilters ?? []).map(({ name }) => name);
}

const routesOf = ({ routes }: PostTranslateModifyResponse): Route[] =>
  routes.flatMap(({ virtualHosts }) => virtualHosts.flatMap((host) => host.routes));

describe('what is not ours', () => {
  test.each(recordings)('%s comes back byte for byte', (name) => {
    const request = readRecording(name);
    for (const { annotations } of annotated(request)) delete annotations?.['ai-gateway-generated'];
    const before = [...request.clusters, ...request.secrets, ...request.listeners, ...request.routes].map(
      (message) =>
        JSON.stringify(message, (_key, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        ),
    );
    const { response, problems } = translate(request);
    const { clusters, secrets, listeners, routes } = response;
    const after = [...clusters, ...secrets, ...listeners, ...routes].map((message) =>
      JSON.stringify(message, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    );
    expect(after).toEqual(before);
    expect(problems).toEqual([]);
  });

  test('fields of a newer Envoy Gateway survive in what we change', () => {
    const request = readStampedRecording();
    const unknown = { no: 9999, wireType: WireType.LengthDelimited, data: new Uint8Array([1, 7]) };
    const [cluster, route] = [request.clusters[0]!, request.routes[0]!.virtualHosts[0]!.routes[0]!];
    cluster.$unknown = [unknown];
    route.$unknown = [unknown];
    cluster.loadAssignment!.endpoints[0]!.lbEndpoints[0]!.$unknown = [unknown];
    const { response } = translate(request);
    const [again] = fromBinary(
      PostTranslateModifyResponseSchema,
      toBinary(PostTranslateModifyResponseSchema, response),
    ).clusters;
    expect(again?.$unknown).toMatchObject([{ no: 9999 }]);
    expect(again?.loadAssignment?.endpoints[0]?.lbEndpoints[0]?.$unknown).toMatchObject([{ no: 9999 }]);
    expect(routesOf(response)[0]?.$unknown).toMatchObject([{ no: 9999 }]);
  });
});

test('metadata with credentials is shown to the processor where the stamp says so, and only there', () => {
  const request = readStampedRecording();
  const forwarded = (): string[] => {
    const cluster = clusterOf(translate(request).response, twoBackends);
    const any = cluster.typedExtensionProtocolOptions[HttpProtocolOptionsSchema.typeName];
    return (unpack(HttpProtocolOptionsSchema, any)?.httpFilters ?? []).flatMap(({ configType }) => {
      if (configType.case !== 'typedConfig') return [];
      const processor = unpack(ExternalProcessorSchema, configType.value);
      return processor?.metadataOptions?.forwardingNamespaces?.untyped ?? [];
    });
  };
  expect(forwarded()).toEqual([]);
  const stamped = readStampedRecording();
  for (const { annotations } of annotated(stamped)) {
    const text = annotations?.['ai-gateway-stamp'];
    if (annotations === undefined || typeof text !== 'string') continue;
    annotations['ai-gateway-stamp'] = text.replaceAll(
      '"streamIdleMs"',
      '"credentialNamespaces":["tenant"],"streamIdleMs"',
    );
  }
  request.clusters = stamped.clusters;
  expect(forwarded()).toEqual(['tenant']);
});

describe('a translation of our routes', () => {
  const { response, problems } = translate(readStampedRecording());

  test('has no problems', () => {
    expect(problems).toEqual([]);
  });

  test('tells the processor which backend each endpoint is, and where it leads', () => {
    const cluster = clusterOf(response, twoBackends);
    expect(ours(cluster)).toEqual([
      [
        {
          per_route_rule_backend_name: 'default/b0/route/extra/rule/0/ref/0',
          upstream_address: 'bedrock.localhost:18443',
          upstream_host: 'bedrock.localhost',
        },
      ],
      [
        {
          per_route_rule_backend_name: 'default/b1/route/extra/rule/0/ref/1',
          upstream_address: 'envoy-ai-gateway-basic-testupstream.default.svc.cluster.local:80',
          upstream_host: 'envoy-ai-gateway-basic-testupstream.default.svc.cluster.local',
        },
      ],
    ]);
    expect(cluster.loadAssignment?.endpoints.map(({ priority }) => priority)).toEqual([0, 1]);
    const { hostIdentifier } = cluster.loadAssignment!.endpoints[0]!.lbEndpoints[0]!;
    // With its port: the host that is signed is the one that the route writes.
    expect(hostIdentifier.value).toMatchObject({ hostname: 'bedrock.localhost:18443' });
  });

  test('keeps what Envoy Gateway said of an endpoint', () => {
    const { metadata } = clusterOf(response, twoBackends).loadAssignment!.endpoints[0]!.lbEndpoints[0]!;
    expect(metadata?.filterMetadata['envoy.transport_socket_match']).toEqual({
      name: `${twoBackends}/tls/0`,
    });
  });

  test('translates and signs per attempt', () => {
    const cluster = clusterOf(response, twoBackends);
    expect(filterNames(cluster)).toEqual([
      'aigw.restore-link',
      'envoy.filters.http.ext_proc/aigateway',
      'aigw.finish',
      'envoy.filters.http.upstream_codec',
    ]);
    expect(cluster.perConnectionBufferLimitBytes).toBe(50 * 1024 * 1024);
    expect(cluster.circuitBreakers?.thresholds[0]).toMatchObject({
      maxRequests: 65_536,
      maxConnections: 65_536,
    });
  });

  test('changes every header that the processor is to change', () => {
    const any = clusterOf(response, twoBackends).typedExtensionProtocolOptions[
      HttpProtocolOptionsSchema.typeName
    ];
    const filter = unpack(HttpProtocolOptionsSchema, any)?.httpFilters[1];
    const config = filter?.configType.case === 'typedConfig' ? filter.configType.value : undefined;
    expect(toJson(ExternalProcessorSchema, unpack(ExternalProcessorSchema, config)!)).toMatchObject({
      mutationRules: { allowAllRouting: true, allowEnvoy: true },
      processingMode: { requestHeaderMode: 'SEND', responseBodyMode: 'STREAMED' },
      allowModeOverride: true,
    });
  });

  test('turns the processor on for routes, with the limits of streams', () => {
    const route = routesOf(response).find(({ name }) => name.startsWith(twoBackends))!;
    expect(Object.keys(route.typedPerFilterConfig)).toContain('envoy.filters.http.ext_proc/aigateway');
    expect(route.metadata?.filterMetadata['aigateway.envoy.io']).toEqual({
      aigw_route_name: 'default/extra',
      aigw_stream_idle_ms: '30500',
    });
    expect(route.requestHeadersToRemove).toContain('x-forwarded-for');
    expect(route.action.value).toMatchObject({
      appendXForwardedHost: false,
      idleTimeout: { seconds: 600n },
      retryPolicy: { retryOn: 'reset', perTryIdleTimeout: { seconds: 30n, nanos: 500_000_000 } },
    });
  });

  test('names the routes that take what no other does', () => {
    const names = routesOf(response).map(({ name }) => name);
    expect(names.filter((name) => name === 'aigw.not-found').length).toBeGreaterThan(0);
    expect(names.filter((name) => /rule\/1/.test(name))).toEqual([]);
  });

  test('puts the processor before rate limits and the router, and answers errors in dialects', () => {
    const manager = managerOf(response);
    expect(manager.httpFilters.map(({ name, disabled }) => [name, disabled])).toEqual([
      ['aigw.remember-path', false],
      ['envoy.filters.http.ext_proc/aigateway', true],
      ['aigw.remember-link', false],
      ['envoy.filters.http.router', false],
    ]);
    expect(manager.localReplyConfig?.mappers.length).toBeGreaterThan(10);
    expect(manager.earlyHeaderMutationExtensions).toHaveLength(1);
    expect(manager.streamIdleTimeout?.seconds).toBe(600n);
  });

  test('leaves listeners without our routes alone', () => {
    const other = managersOf(response).find(({ routeSpecifier }) => routeSpecifier.case === 'routeConfig');
    expect(other?.httpFilters.map(({ name }) => name)).not.toContain('envoy.filters.http.ext_proc/aigateway');
  });

  test('adds the cluster of the processor, with the frame limits that it needs', () => {
    const cluster = clusterOf(response, 'aigw-extproc');
    const json = toJson(ClusterSchema, cluster, { registry: xdsTypes });
    expect(json).toMatchObject({
      loadAssignment: {
        endpoints: [{ lbEndpoints: [{ endpoint: { address: { pipe: { path: '/run/extproc.sock' } } } }] }],
      },
      typedExtensionProtocolOptions: {
        [HttpProtocolOptionsSchema.typeName]: {
          explicitHttpConfig: {
            http2ProtocolOptions: { maxOutboundFrames: 1_000_000, maxOutboundControlFrames: 1_000_000 },
          },
        },
      },
    });
    expect(cluster.clusterDiscoveryType).toEqual({ case: 'type', value: Cluster_DiscoveryType.STATIC });
  });

  test('is the same when it is made again, and of its own result', () => {
    const bytes = toBinary(PostTranslateModifyResponseSchema, response);
    const again = translate(readStampedRecording()).response;
    expect(toBinary(PostTranslateModifyResponseSchema, again)).toEqual(bytes);
    const { clusters, secrets, listeners, routes } = fromBinary(PostTranslateModifyResponseSchema, bytes);
    const request = { ...readStampedRecording(), clusters, secrets, listeners, routes };
    const twice = translate(request).response;
    expect(toBinary(PostTranslateModifyResponseSchema, twice)).toEqual(bytes);
  });
});

describe('limits that someone else has set', () => {
  test('stay', () => {
    const request = readStampedRecording();
    const cluster = request.clusters.find(({ name }) => name === twoBackends)!;
    cluster.circuitBreakers!.thresholds[0]!.maxRequests = 7;
    cluster.perConnectionBufferLimitBytes = 60 * 1024 * 1024;
    const route = routesOf(request as unknown as PostTranslateModifyResponse).find(({ name }) =>
      name.startsWith(twoBackends),
    )!;
    if (route.action.case !== 'route') throw new Error('expected a route');
    route.action.value.idleTimeout = { $typeName: 'google.protobuf.Duration', seconds: 20n, nanos: 0 };
    translate(request);
    expect(cluster.circuitBreakers?.thresholds).toMatchObject([{ maxRequests: 7 }]);
    expect(cluster.perConnectionBufferLimitBytes).toBe(60 * 1024 * 1024);
    expect(route.action.value.idleTimeout.seconds).toBe(20n);
  });
});

describe('a cluster that does not fit its stamp', () => {
  const swap = (backends: StampedBackend[], route: string): StampedBackend[] =>
    route === 'extra' ? [...backends].reverse() : backends;

  test.each<[string, (backends: StampedBackend[], route: string) => StampedBackend[], RegExp]>([
    ['its backends are swapped', swap, /endpoint bedrock.localhost:18443 is not one of those of/],
    ['it has none', (backends, route) => (route === 'extra' ? [] : backends), /no backends/],
    [
      'it has a backend of another route',
      (backends, route) =>
        route === 'extra'
          ? backends.map((one) => ({ ...one, id: 'team-a/b/route/r/rule/0/ref/0' }))
          : backends,
      /belongs to another route/,
    ],
    [
      'a host is another',
      (backends, route) =>
        route === 'extra'
          ? backends.map((one) => ({
              ...one,
              hosts: ['evil.example.com'],
              addresses: ['evil.example.com:443'],
            }))
          : backends,
      /is not one of those of/,
    ],
    [
      'a port is another',
      (backends, route) =>
        route === 'extra'
          ? backends.map((one) => ({ ...one, addresses: (one.addresses ?? []).map((at) => `${at}0`) }))
          : backends,
      /is not one of those of/,
    ],
    [
      'a host is another, in a stamp of the version before',
      (backends, route) =>
        route === 'extra'
          ? backends.map(({ id, priority }) => ({ id, priority, hosts: ['evil.example.com'] }))
          : backends,
      /is not one of those of/,
    ],
  ])('%s: it alone gets no backend, and the processor refuses its requests', (_given, change, reason) => {
    const { response, problems } = translate(readStampedRecording(undefined, change));
    expect(problems).toEqual([
      { resource: twoBackends, route: 'default/extra', reason: expect.stringMatching(reason) as string },
    ]);
    const cluster = clusterOf(response, twoBackends);
    expect(
      ours(cluster)
        .flat()
        .every((metadata) => !('per_route_rule_backend_name' in metadata)),
    ).toBe(true);
    expect(filterNames(cluster)).toContain('envoy.filters.http.ext_proc/aigateway');
    const other = clusterOf(response, 'httproute/default/extra2/rule/0');
    expect(ours(other)[0]?.[0]).toHaveProperty('per_route_rule_backend_name');
  });

  test('annotations of the reference implementation alone are no stamp', () => {
    const { problems } = translate(readRecording('0006-PostTranslateModify.req.bin'));
    expect(problems).toHaveLength(5);
  });

  test('a stamp that was copied to another HTTPRoute is none', () => {
    const request = readStampedRecording();
    const [first, second] = annotated(request);
    second!.annotations = { ...first!.annotations };
    expect(translate(request).problems).toMatchObject([
      { reason: expect.stringContaining('no stamp') as string },
    ]);
  });

  test('whatever the stamp says, no endpoint gets the backend of another host, and nothing throws', () => {
    const backend = fc.record({
      id: fc.constantFrom('default/a/route/extra/rule/0/ref/0', 'default/b/route/extra/rule/0/ref/1', 'x/y'),
      priority: fc.nat(3),
      hosts: fc.array(fc.constantFrom('bedrock.localhost:18443', 'other.example.com', ''), { maxLength: 3 }),
      isOld: fc.boolean(),
    });
    const stampOf = ({ isOld, ...one }: StampedBackend & { isOld: boolean }): StampedBackend =>
      isOld ? one : { ...one, addresses: one.hosts };
    fc.assert(
      fc.property(fc.array(backend, { maxLength: 3 }), (backends) => {
        const change = (given: StampedBackend[], route: string): StampedBackend[] =>
          route === 'extra' ? backends.map(stampOf) : given;
        const cluster = clusterOf(translate(readStampedRecording(undefined, change)).response, twoBackends);
        ours(cluster).forEach((endpoints, index) => {
          for (const { per_route_rule_backend_name: id } of endpoints) {
            if (id === undefined) continue;
            const [host] = hostsOf(cluster)[index] ?? [];
            expect(backends[index]?.hosts.map((one) => one.replace(/:\d+$/, ''))).toContain(host);
          }
        });
      }),
      { numRuns: 50 },
    );
  });
});
