import {
  type Cluster,
  Http11ProxyUpstreamTransportSchema,
  type PostTranslateModifyRequest,
  type PostTranslateModifyResponse,
  type TransportSocket,
} from '@aigw/envoy-proto/xds';
import { type ForwardProxy, parseRouteStamp } from '@aigw/planner';
import { annotated, readStampedRecording } from './__fixtures__/recorded-request.ts';
import { createSurroundings, translate } from './__fixtures__/translate.ts';
import { chooseProxy, hasTransportSocket } from './add-forward-proxy.ts';
import { readGateways } from './generated-from.ts';
import { unpack } from './messages.ts';

const proxy: ForwardProxy = { address: '10.0.0.5', port: 3128 };

/** The recording, whose Gateways have these proxies. */
function recordingWith(
  forwardProxies: Readonly<Record<string, ForwardProxy | null>>,
): PostTranslateModifyRequest {
  const request = readStampedRecording();
  for (const { annotations } of annotated(request)) {
    const text = annotations?.['ai-gateway-stamp'];
    if (annotations === undefined || text === undefined) continue;
    annotations['ai-gateway-stamp'] = JSON.stringify({ ...parseRouteStamp(text), forwardProxies });
  }
  return request;
}

const gatewaysOf = (request: PostTranslateModifyRequest): string[] => [
  ...new Set(
    request.routes.flatMap(({ virtualHosts }) =>
      virtualHosts.flatMap(({ metadata }) => readGateways(metadata)),
    ),
  ),
];

const socketsOf = ({ transportSocket, transportSocketMatches }: Cluster): TransportSocket[] =>
  [transportSocket, ...transportSocketMatches.map((match) => match.transportSocket)].flatMap(
    (socket) => socket ?? [],
  );

const isOurs = ({ name }: Cluster): boolean => name.startsWith('httproute/');

describe('a forward proxy of the Gateway', () => {
  const [gateway = ''] = gatewaysOf(readStampedRecording());
  const plain = translate(readStampedRecording()).response.clusters.filter(isOurs);
  const { response, problems } = translate(recordingWith({ [gateway]: proxy }));
  const proxied = response.clusters.filter(isOurs);

  test('the recording has a Gateway, and clusters that speak TLS', () => {
    expect(gateway).toMatch(/^[^/]+\/[^/]+$/);
    expect(plain.flatMap(socketsOf).length).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  });

  test('also while the route itself is taken out, since its AIGatewayRoute has gone', () => {
    const isGone = (): boolean => true;
    const leaving = (proxies: Parameters<typeof recordingWith>[0]): Cluster[] =>
      translate(recordingWith(proxies), { ...createSurroundings(), isGone }).response.clusters.filter(isOurs);
    expect(leaving({ [gateway]: proxy })).toEqual(proxied);
    const refused = translate(recordingWith({ [gateway]: null })).response.clusters.filter(isOurs);
    expect(leaving({ [gateway]: null })).toEqual(refused);
  });

  test('each socket of the provider is inside one that asks the proxy', () => {
    const inside = proxied.flatMap(socketsOf).map(({ name, configType }) => {
      expect(name).toBe('envoy.transport_sockets.http_11_proxy');
      if (configType.case !== 'typedConfig') throw new Error('no configuration');
      const transport = unpack(Http11ProxyUpstreamTransportSchema, configType.value);
      expect(transport?.defaultProxyAddress?.address).toMatchObject({
        case: 'socketAddress',
        value: { address: '10.0.0.5', portSpecifier: { case: 'portValue', value: 3128 } },
      });
      return transport?.transportSocket;
    });
    expect(inside).toEqual(plain.flatMap(socketsOf));
  });

  test('once is enough', () => {
    const once = JSON.stringify(proxied.flatMap(socketsOf).map(({ name }) => name));
    const request = { ...recordingWith({ [gateway]: proxy }), clusters: response.clusters };
    const twice = translate(request).response.clusters.filter(isOurs).flatMap(socketsOf);
    expect(JSON.stringify(twice.map(({ name }) => name))).toBe(once);
    for (const { configType } of twice) {
      const any = configType.case === 'typedConfig' ? configType.value : undefined;
      expect(unpack(Http11ProxyUpstreamTransportSchema, any)?.transportSocket?.name).not.toMatch(
        /http_11_proxy/,
      );
    }
  });

  test('a plain socket stays as it is', () => {
    const request = recordingWith({ [gateway]: proxy });
    for (const cluster of request.clusters) {
      delete cluster.transportSocket;
      cluster.transportSocketMatches = [];
    }
    expect(translate(request).response.clusters.filter(isOurs).flatMap(socketsOf)).toEqual([]);
  });

  test("another Gateway's is not for it", () => {
    const { response: other } = translate(recordingWith({ 'else/where': proxy }));
    expect(other.clusters.filter(isOurs).flatMap(socketsOf)).toEqual(plain.flatMap(socketsOf));
  });
});

test.each([
  ['one that has it', ['a/g'], { kind: 'proxy', proxy }],
  ['one that has none', ['a/h'], { kind: 'none' }],
  ['none', [], { kind: 'none' }],
  [
    'one whose cannot be used',
    ['a/bad'],
    { kind: 'refused', reason: expect.stringMatching(/IP address/) as string },
  ],
])('behind %s', (_what, gateways, want) => {
  const forwardProxies = { 'a/g': proxy, 'a/bad': null };
  const stamp = { version: 1, route: 'a/r', rules: [], forwardProxies } as const;
  expect(chooseProxy(stamp, new Set(gateways))).toEqual(want);
});

function backendsOf({ clusters }: PostTranslateModifyResponse): unknown[] {
  const endpoints = clusters.filter(isOurs).flatMap(({ loadAssignment }) => loadAssignment?.endpoints ?? []);
  return endpoints
    .flatMap(({ lbEndpoints }) => lbEndpoints)
    .flatMap(({ metadata }) => metadata?.filterMetadata['aigateway.envoy.io'] ?? []);
}

test('a proxy that cannot be used lets nothing out that is encrypted, and it is said', () => {
  const [gateway = ''] = gatewaysOf(readStampedRecording());
  const { response, problems } = translate(recordingWith({ [gateway]: null }));
  expect(problems.map(({ reason }) => reason)).toContain(
    'the forward proxy of its GatewayConfig is not an IP address and port',
  );
  expect(backendsOf({ ...response, clusters: response.clusters.filter(hasTransportSocket) })).toEqual([]);
  const plain = {
    ...response,
    clusters: response.clusters.filter((cluster) => !hasTransportSocket(cluster)),
  };
  const before = translate(readStampedRecording()).response;
  expect(backendsOf(plain)).toEqual(
    backendsOf({ ...before, clusters: before.clusters.filter((cluster) => !hasTransportSocket(cluster)) }),
  );
});
