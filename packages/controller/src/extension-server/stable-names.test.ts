import { ClusterSchema, type PostTranslateModifyResponse, toBinary } from '@aigw/envoy-proto/xds';
import { readGolden } from './__fixtures__/golden.ts';
import { readStampedRecording, resourceOf } from './__fixtures__/recorded-request.ts';
import { createSurroundings, translate } from './__fixtures__/translate.ts';
import { nameClusters, renameTargets } from './stable-names.ts';

const key = '0a1b2c3d';
const original = 'httproute/default/extra/rule/0';
const stable = `httproute/default/extra/rule/${key}`;

const read = (keyOfExtra: string | undefined = key) =>
  readStampedRecording(undefined, undefined, (route) => (route === 'extra' ? keyOfExtra : undefined));

const clusterNames = ({ clusters }: PostTranslateModifyResponse): string[] =>
  clusters.map(({ name }) => name);

/** The clusters that the routes of an HTTPRoute lead to. */
const targetsOf = ({ routes }: PostTranslateModifyResponse, of: string): string[] =>
  routes
    .flatMap(({ virtualHosts }) => virtualHosts.flatMap((host) => host.routes))
    .filter(({ metadata }) => resourceOf(metadata)?.name === of)
    .flatMap(({ action }) =>
      action.case === 'route' && action.value.clusterSpecifier.case === 'cluster'
        ? [action.value.clusterSpecifier.value]
        : [],
    );

test('a cluster is called after what its rule matches, and its routes lead there', () => {
  const { response, problems } = translate(read());
  expect(problems).toEqual([]);
  expect(clusterNames(response)).toContain(stable);
  expect(clusterNames(response)).not.toContain(original);
  expect(new Set(targetsOf(response, 'extra'))).toEqual(new Set([stable]));
  expect(response.clusters.find(({ name }) => name === stable)?.loadAssignment?.clusterName).toBe(stable);
});

test('clusters of other HTTPRoutes, and of stamps of before, keep their names', () => {
  const before = clusterNames(translate(readStampedRecording()).response);
  const { response } = translate(read());
  expect(clusterNames(response)).toEqual(before.map((name) => (name === original ? stable : name)));
});

test('every route leads to a cluster that is there', () => {
  const { response } = translate(readStampedRecording(undefined, undefined, () => key));
  const names = new Set(clusterNames(response));
  const targets = ['extra', 'aws', 'anthropic'].flatMap((route) => targetsOf(response, route));
  expect(targets.length).toBeGreaterThan(0);
  for (const target of targets) expect(names).toContain(target);
});

test('of two clusters that would have one name the second keeps its own', () => {
  const request = read();
  const [cluster] = request.clusters.filter(({ name }) => name === original);
  request.clusters.push({ ...cluster!, name: `${original}/backend/0` });
  request.clusters.push({ ...cluster!, name: `${original}/backend/0` });
  const names = nameClusters(request.clusters);
  expect([...names.values()]).toEqual([stable, `${stable}/backend/0`]);
});

test('a cluster whose endpoints are served apart keeps the name that they have', () => {
  const request = readGolden('services');
  const [cluster] = request.clusters.filter(({ name }) => name.startsWith('httproute/'));
  expect(cluster?.edsClusterConfig).toBeDefined();
  expect(nameClusters(request.clusters).size).toBe(0);
  expect(clusterNames(translate(request).response)).toContain(cluster!.name);
});

test('weighted clusters are renamed one by one', () => {
  const request = read();
  const route = request.routes
    .flatMap(({ virtualHosts }) => virtualHosts.flatMap((host) => host.routes))
    .find(({ action }) => action.case === 'route')!;
  if (route.action.case !== 'route') throw new Error('not a route');
  const target = (name: string): object => ({ name, weight: 1 });
  route.action.value.clusterSpecifier = {
    case: 'weightedClusters',
    value: { clusters: [target('a'), target('b')] } as never,
  };
  renameTargets(route, new Map([['b', 'c']]));
  const { value } = route.action.value.clusterSpecifier;
  expect(value).toMatchObject({ clusters: [{ name: 'a' }, { name: 'c' }] });
});

test('a cluster that could not follow is answered as before, byte for byte, under its name', () => {
  const around = createSurroundings();
  const clusterOf = ({ clusters }: PostTranslateModifyResponse): string =>
    Buffer.from(
      toBinary(
        ClusterSchema,
        clusters.find(({ name }) => name === stable)!,
      ),
    ).toString('hex');
  const before = clusterOf(translate(read(), around).response);
  const { response } = translate(
    readStampedRecording(
      undefined,
      (backends, route) =>
        route === 'extra'
          ? backends.map((one) => ({ ...one, addresses: (one.addresses ?? []).map((at) => `${at}0`) }))
          : backends,
      (route) => (route === 'extra' ? key : undefined),
    ),
    around,
  );
  expect(clusterOf(response)).toBe(before);
  expect(new Set(targetsOf(response, 'extra'))).toEqual(new Set([stable]));
});
