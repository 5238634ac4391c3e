import type { Cluster, PostTranslateModifyRequest } from '@aigw/envoy-proto/xds';
import type { StampedBackend } from '@aigw/planner';
import { addressesOf, readStampedRecording } from './__fixtures__/recorded-request.ts';
import { clusterOf, ours, twoBackends } from './__fixtures__/stamped-parts.ts';
import { translate } from './__fixtures__/translate.ts';

describe('an endpoint that the stamp does not know', () => {
  const ofExtra =
    (change: (backends: StampedBackend[]) => StampedBackend[]) =>
    (backends: StampedBackend[], route: string): StampedBackend[] =>
      route === 'extra' ? change(backends) : backends;
  const idsOf = (cluster: Cluster): unknown[][] =>
    ours(cluster).map((endpoints) => endpoints.map(({ per_route_rule_backend_name: id }) => id));
  const [first, second] = ['default/b0/route/extra/rule/0/ref/0', 'default/b1/route/extra/rule/0/ref/1'];

  test('takes no requests beside one that it knows: the Backend was edited before the HTTPRoute', () => {
    const request = readStampedRecording();
    const localityOf = ({ clusters }: PostTranslateModifyRequest) =>
      clusters.find(({ name }) => name === twoBackends)!.loadAssignment!.endpoints[0]!;
    const locality = localityOf(request);
    const added = localityOf(readStampedRecording()).lbEndpoints[0]!;
    const where =
      added.hostIdentifier.case === 'endpoint' ? added.hostIdentifier.value.address?.address : undefined;
    if (where?.case !== 'socketAddress') throw new Error('expected an address');
    where.value.address = 'eu.localhost';
    locality.lbEndpoints.unshift(added);
    const { response, problems } = translate(request);
    const cluster = clusterOf(response, twoBackends);
    expect(addressesOf(cluster)[0]).toEqual(['bedrock.localhost:18443']);
    expect(idsOf(cluster)).toEqual([[first], [second]]);
    expect(problems).toEqual([
      {
        resource: twoBackends,
        route: 'default/extra',
        reason: `its endpoint eu.localhost:18443 is not one of those of ${first}`,
      },
    ]);
  });

  test('that is not there yet, or no more, is no problem', () => {
    const more = ofExtra((backends) =>
      backends.map((one) => ({
        ...one,
        hosts: ['later.localhost', ...one.hosts],
        addresses: ['later.localhost:443', ...(one.addresses ?? [])],
      })),
    );
    const { response, problems } = translate(readStampedRecording(undefined, more));
    const cluster = clusterOf(response, twoBackends);
    expect(problems).toEqual([]);
    expect(idsOf(cluster)).toEqual([[first], [second]]);
    const { hostIdentifier } = cluster.loadAssignment!.endpoints[0]!.lbEndpoints[0]!;
    expect(hostIdentifier.value).toMatchObject({ hostname: 'bedrock.localhost:18443' });
  });

  test('of a backend that the stamp does not have takes none: the others serve', () => {
    const { response, problems } = translate(
      readStampedRecording(
        undefined,
        ofExtra((backends) => backends.slice(0, 1)),
      ),
    );
    expect(idsOf(clusterOf(response, twoBackends))).toEqual([[first], []]);
    expect(problems).toMatchObject([{ reason: expect.stringContaining('is not one of those of') as string }]);
  });

  test('or that would get a key in plain text, takes none', () => {
    const encrypted = ofExtra((backends) => backends.map((one) => ({ ...one, tls: true })));
    const { response, problems } = translate(readStampedRecording(undefined, encrypted));
    expect(idsOf(clusterOf(response, twoBackends))).toEqual([[first], []]);
    expect(problems).toMatchObject([
      { reason: `it would send requests for ${second}, keys included, in plain text` },
    ]);
  });

  test("Envoy Gateway's dummy of a socket, which checks no name, is no encryption", () => {
    const encrypted = ofExtra((backends) => backends.map((one) => ({ ...one, tls: true })));
    const request = readStampedRecording(undefined, encrypted);
    const cluster = request.clusters.find(({ name }) => name === twoBackends)!;
    cluster.transportSocket = cluster.transportSocketMatches[0]!.transportSocket!;
    cluster.transportSocketMatches = [];
    expect(idsOf(clusterOf(translate(request).response, twoBackends))).toEqual([[undefined], [undefined]]);
  });
});

describe('endpoints that come later', () => {
  const later = (name: string): PostTranslateModifyRequest => {
    const request = readStampedRecording();
    const cluster = request.clusters.find((one) => one.name === name)!;
    cluster.loadAssignment = undefined;
    return request;
  };

  test('of a single backend: the cluster says which', () => {
    const name = 'httproute/default/envoy-ai-gateway-basic/rule/0';
    const { response, problems } = translate(later(name));
    expect(problems).toEqual([]);
    expect(clusterOf(response, name).metadata?.filterMetadata['aigateway.envoy.io']).toEqual({
      per_route_rule_backend_name: 'default/b0/route/envoy-ai-gateway-basic/rule/0/ref/0',
      upstream_address: 'envoy-ai-gateway-basic-testupstream.default.svc.cluster.local:80',
    });
  });

  test('of a single backend that is to be encrypted and is not: none', () => {
    const name = 'httproute/default/envoy-ai-gateway-basic/rule/0';
    const encrypt = (backends: StampedBackend[]): StampedBackend[] =>
      backends.map((one) => ({ ...one, tls: true }));
    const request = readStampedRecording(undefined, encrypt);
    const cluster = request.clusters.find((one) => one.name === name)!;
    cluster.loadAssignment = undefined;
    const { response, problems } = translate(request);
    expect(problems[0]?.reason).toContain('in plain text');
    expect(clusterOf(response, name).metadata?.filterMetadata['aigateway.envoy.io']).toBeUndefined();
  });

  test('of several: nobody can say which is whose', () => {
    expect(translate(later(twoBackends)).problems).toEqual([
      {
        resource: twoBackends,
        route: 'default/extra',
        reason: '2 backends share endpoints that are looked up later',
      },
    ]);
  });
});
