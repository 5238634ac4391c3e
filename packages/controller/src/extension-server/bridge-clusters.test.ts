import {
  type Cluster,
  create,
  SecretSchema,
  type PostTranslateModifyRequest,
  type PostTranslateModifyResponse,
  PostTranslateModifyResponseSchema,
  toBinary,
} from '@aigw/envoy-proto/xds';
import type { StampedBackend } from '@aigw/planner';
import { readGolden } from './__fixtures__/golden.ts';
import { addressesOf, annotated, readStampedRecording, resourceOf } from './__fixtures__/recorded-request.ts';
import { createSurroundings, translate } from './__fixtures__/translate.ts';
import type { Surroundings } from './post-translate-modify.ts';
import { createServedTranslations } from './served-translations.ts';

const name = 'httproute/default/extra/rule/0';

function bytesOf({ clusters }: PostTranslateModifyResponse): string {
  const found = clusters.filter((cluster) => cluster.name === name);
  const alone = create(PostTranslateModifyResponseSchema, { clusters: found });
  return Buffer.from(toBinary(PostTranslateModifyResponseSchema, alone)).toString('hex');
}

const clusterOf = ({ clusters }: PostTranslateModifyResponse): Cluster =>
  clusters.find((cluster) => cluster.name === name)!;

/** A stamp that leads elsewhere than the endpoints do. */
const elsewhere = (backends: StampedBackend[], route: string): StampedBackend[] =>
  route === 'extra'
    ? backends.map((one) => ({ ...one, addresses: (one.addresses ?? []).map((at) => `${at}0`) }))
    : backends;

describe('a cluster whose Backends were edited before its HTTPRoute', () => {
  test('is answered as before, byte for byte, and it is said', () => {
    const around = createSurroundings();
    const before = translate(readStampedRecording(), around).response;
    const { response, problems } = translate(readStampedRecording(undefined, elsewhere), around);
    expect(bytesOf(response)).toBe(bytesOf(before));
    expect(problems).toMatchObject([
      { resource: name, reason: expect.stringMatching(/is not one of those of .* went before$/) as string },
    ]);
    // However often.
    expect(bytesOf(translate(readStampedRecording(undefined, elsewhere), around).response)).toBe(
      bytesOf(before),
    );
  });

  test('follows as soon as they fit', () => {
    const around = createSurroundings();
    translate(readStampedRecording(), around);
    translate(readStampedRecording(undefined, elsewhere), around);
    const { response, problems } = translate(readStampedRecording(), around);
    expect(problems).toEqual([]);
    expect(addressesOf(clusterOf(response))[0]).toEqual(['bedrock.localhost:18443']);
  });

  test('is refused where nothing was served before', () => {
    const { response, problems } = translate(readStampedRecording(undefined, elsewhere));
    expect(problems[0]?.reason).not.toContain('before');
    const metadata = clusterOf(response).loadAssignment!.endpoints[0]!.lbEndpoints[0]!.metadata;
    expect(metadata?.filterMetadata['aigateway.envoy.io']).toBeUndefined();
  });
});

test('a stamp that belongs to another route is no moment that passes: nothing goes on', () => {
  const around = createSurroundings();
  const before = translate(readStampedRecording(), around).response;
  const foreign = (backends: StampedBackend[], route: string): StampedBackend[] =>
    route === 'extra' ? backends.map((one) => ({ ...one, id: 'team-a/b/route/r/rule/0/ref/0' })) : backends;
  const { response } = translate(readStampedRecording(undefined, foreign), around);
  expect(bytesOf(response)).not.toBe(bytesOf(before));
});

/** The same as Envoy Gateway has it once the HTTPRoute is gone. */
function readWithout(isLeft: (cluster: Cluster) => boolean): PostTranslateModifyRequest {
  const request = readStampedRecording();
  request.clusters = request.clusters.filter(isLeft);
  return request;
}

const namesOf = ({ clusters }: PostTranslateModifyResponse): string[] => clusters.map((one) => one.name);

describe('a cluster that has left the translation', () => {
  let at = 0;
  const around: Surroundings = { served: createServedTranslations(() => at), isGone: () => false };
  const without = (): PostTranslateModifyRequest => readWithout((cluster) => cluster.name !== name);

  test('is answered for ten seconds more, byte for byte', () => {
    const before = translate(readStampedRecording(), around).response;
    at = 50_000;
    const { response, problems } = translate(without(), around);
    expect(bytesOf(response)).toBe(bytesOf(before));
    expect(problems).toEqual([]);
    at = 59_999;
    expect(namesOf(translate(without(), around).response)).toContain(name);
    at = 60_000;
    expect(namesOf(translate(without(), around).response)).not.toContain(name);
    at = 60_001;
    expect(namesOf(translate(without(), around).response)).not.toContain(name);
  });

  test('keeps the authorities that its servers are trusted by, and no key', () => {
    const [around, first, second] = [
      createSurroundings(),
      readGolden('priorities'),
      readGolden('priorities'),
    ];
    const [authority] = first.secrets;
    const key = create(SecretSchema, { name: 'key', type: { case: 'tlsCertificate', value: {} } });
    first.secrets.push(key);
    translate(first, around);
    Object.assign(second, { clusters: [], secrets: [] });
    const { clusters, secrets } = translate(second, around).response;
    expect(clusters.length).toBeGreaterThan(1);
    expect(secrets.map((one) => one.name)).toContain(authority!.name);
    expect(secrets.map((one) => one.name)).not.toContain('key');
    expect(translate(readGolden('priorities'), around).response.secrets).toEqual(
      readGolden('priorities').secrets,
    );
  });

  test('goes at once where its endpoints are served apart', () => {
    const around = createSurroundings();
    const { clusters } = translate(readGolden('services'), around).response;
    const request = readGolden('services');
    request.clusters = [];
    expect(clusters.some((one) => one.edsClusterConfig !== undefined)).toBe(true);
    expect(namesOf(translate(request, around).response)).toEqual(['aigw-extproc']);
  });

  test('has its authorities also where it is answered as before for a moment', () => {
    const around = createSurroundings();
    translate(readGolden('priorities'), around);
    const request = readGolden('priorities');
    for (const one of annotated(request)) {
      const text = one.annotations?.['ai-gateway-stamp'];
      if (text !== undefined) one.annotations!['ai-gateway-stamp'] = text.replaceAll('.com:443', '.com:444');
    }
    request.secrets = [];
    const { response, problems } = translate(request, around);
    expect(problems[0]?.reason).toContain('went before');
    expect(response.secrets.length).toBeGreaterThan(0);
  });

  test('is not answered as before where its endpoints are served apart: they are whose they are', () => {
    const around = createSurroundings();
    translate(readGolden('services'), around);
    const request = readGolden('services');
    for (const one of annotated(request)) {
      const text = one.annotations?.['ai-gateway-stamp'];
      if (text !== undefined) {
        one.annotations!['ai-gateway-stamp'] = text.replace(/"hosts":/g, '"tls":true,"hosts":');
      }
    }
    const { problems } = translate(request, around);
    expect(problems[0]?.reason).toContain('in plain text');
    expect(problems[0]?.reason).not.toContain('went before');
  });

  test('comes back as the translation has it', () => {
    translate(readStampedRecording(), around);
    translate(without(), around);
    const { response } = translate(readStampedRecording(), around);
    expect(namesOf(response).filter((one) => one === name)).toHaveLength(1);
  });

  test('goes at once where it is none of ours', () => {
    const foreign = (): PostTranslateModifyRequest => {
      const request = readStampedRecording();
      for (const cluster of request.clusters) delete cluster.metadata;
      return request;
    };
    const fresh = createSurroundings();
    translate(foreign(), fresh);
    const request = foreign();
    request.clusters = [];
    expect(namesOf(translate(request, fresh).response)).not.toContain(name);
  });

  test('is known by its Gateway also when that has no route any more, and to no other Gateway', () => {
    translate(readStampedRecording(), around);
    const emptied = without();
    for (const configuration of emptied.routes) configuration.virtualHosts = [];
    expect(namesOf(translate(emptied, around).response)).toContain(name);
    const other = without();
    for (const configuration of other.routes) configuration.name = 'default/other/http';
    expect(namesOf(translate(other, around).response)).not.toContain(name);
  });

  test('has the processor as long as it is there', () => {
    const fresh = createSurroundings();
    translate(readStampedRecording(), fresh);
    const emptied = readWithout(() => false);
    for (const configuration of emptied.routes) configuration.virtualHosts = [];
    expect(namesOf(translate(emptied, fresh).response)).toContain('aigw-extproc');
  });
});

describe('what an AIGatewayRoute that is gone has left behind', () => {
  test('answers nothing any more, and every other route does', () => {
    const routesOf = ({ routes }: PostTranslateModifyResponse): (string | undefined)[] =>
      routes.flatMap(({ virtualHosts }) =>
        virtualHosts.flatMap((host) => host.routes.map(({ metadata }) => resourceOf(metadata)?.name)),
      );
    const all = routesOf(translate(readStampedRecording()).response);
    const { response, problems } = translate(readStampedRecording(), {
      ...createSurroundings(),
      isGone: (uid) => uid === 'u-extra',
    });
    expect(all).toContain('extra');
    expect(routesOf(response)).toEqual(all.filter((route) => route !== 'extra'));
    expect(problems).toEqual([]);
    expect(namesOf(response)).toContain(name);
  });
});

describe('a cluster that was not all right', () => {
  const leaving = (change: (backends: StampedBackend[], route: string) => StampedBackend[]): string[] => {
    const around = createSurroundings();
    const first = readStampedRecording();
    translate(first, around);
    const refused = bytesOf(translate(readStampedRecording(undefined, change), around).response);
    const { response } = translate(
      readWithout((cluster) => cluster.name !== name),
      around,
    );
    return [bytesOf(response), refused];
  };

  test('leaves as it was answered last, not as it once was', () => {
    const [left, refused] = leaving((backends, route) =>
      route === 'extra' ? backends.map((one) => ({ ...one, id: 'team-a/b/route/r/rule/0/ref/0' })) : backends,
    );
    expect(left).toBe(refused);
  });

  test('with an endpoint that belongs to nobody it leaves like any other', () => {
    const around = createSurroundings();
    const stray = (backends: StampedBackend[], route: string): StampedBackend[] =>
      route === 'extra'
        ? backends.map((one, index) =>
            index === 0 ? { ...one, addresses: ['elsewhere:1'], hosts: ['elsewhere'] } : one,
          )
        : backends;
    const { problems } = translate(readStampedRecording(undefined, stray), around);
    expect(problems).toHaveLength(1);
    const { response } = translate(
      readWithout((cluster) => cluster.name !== name),
      around,
    );
    expect(namesOf(response)).toContain(name);
  });
});
