import {
  type Cluster,
  create,
  type PostTranslateModifyResponse,
  PostTranslateModifyResponseSchema,
  toBinary,
} from '@aigw/envoy-proto/xds';
import type { StampedBackend } from '@aigw/planner';
import { addressesOf, readStampedRecording } from './__fixtures__/recorded-request.ts';
import { translate } from './__fixtures__/translate.ts';
import type { ServedClusters } from './served-clusters.ts';

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
    const served: ServedClusters = new Map();
    const before = translate(readStampedRecording(), served).response;
    const { response, problems } = translate(readStampedRecording(undefined, elsewhere), served);
    expect(bytesOf(response)).toBe(bytesOf(before));
    expect(problems).toMatchObject([
      { resource: name, reason: expect.stringMatching(/is not one of those of .* went before$/) as string },
    ]);
    // However often.
    expect(bytesOf(translate(readStampedRecording(undefined, elsewhere), served).response)).toBe(
      bytesOf(before),
    );
  });

  test('follows as soon as they fit', () => {
    const served: ServedClusters = new Map();
    translate(readStampedRecording(), served);
    translate(readStampedRecording(undefined, elsewhere), served);
    const { response, problems } = translate(readStampedRecording(), served);
    expect(problems).toEqual([]);
    expect(addressesOf(clusterOf(response))[0]).toEqual(['bedrock.localhost:18443']);
  });

  test('is refused where nothing was served before', () => {
    const { response, problems } = translate(readStampedRecording(undefined, elsewhere), new Map());
    expect(problems[0]?.reason).not.toContain('before');
    const metadata = clusterOf(response).loadAssignment!.endpoints[0]!.lbEndpoints[0]!.metadata;
    expect(metadata?.filterMetadata['aigateway.envoy.io']).toBeUndefined();
  });
});

test('a stamp that belongs to another route is no moment that passes: nothing goes on', () => {
  const served: ServedClusters = new Map();
  const before = translate(readStampedRecording(), served).response;
  const foreign = (backends: StampedBackend[], route: string): StampedBackend[] =>
    route === 'extra' ? backends.map((one) => ({ ...one, id: 'team-a/b/route/r/rule/0/ref/0' })) : backends;
  const { response } = translate(readStampedRecording(undefined, foreign), served);
  expect(bytesOf(response)).not.toBe(bytesOf(before));
});
