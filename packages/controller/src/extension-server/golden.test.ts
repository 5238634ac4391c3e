import { readFileSync, writeFileSync } from 'node:fs';
import {
  create,
  fromBinary,
  PostTranslateModifyRequestSchema,
  type PostTranslateModifyRequest,
  PostTranslateModifyResponseSchema,
  toBinary,
  WireType,
} from '@aigw/envoy-proto/xds';
import fc from 'fast-check';
import {
  describeResponse,
  goldenFile,
  goldenNames,
  readGolden,
  readGoldenBytes,
} from './__fixtures__/golden.ts';
import { createSurroundings } from './__fixtures__/translate.ts';
import { createGatewayMessages } from './gateway-messages.ts';
import { findGeneratedBy } from './generated-from.ts';
import { nameClusters } from './stable-names.ts';
import { postTranslateModify, type TranslationProblem } from './post-translate-modify.ts';

/** What Envoy Gateway sent for routes of ours, and what is made of it. `UPDATE_GOLDEN=1` writes what is made anew. */

const messages = createGatewayMessages('/etc/ai-gateway-extproc-uds/run.sock');

function translate(request: PostTranslateModifyRequest): { text: string; problems: TranslationProblem[] } {
  const problems: TranslationProblem[] = [];
  const response = postTranslateModify(
    request,
    messages,
    (problem) => problems.push(problem),
    createSurroundings(),
  );
  const golden = { problems, response: describeResponse(response, messages) };
  return { problems, text: `${JSON.stringify(golden, null, 2)}\n` };
}

test.each(goldenNames)('%s becomes what was looked at', (name) => {
  const { text } = translate(readGolden(name));
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(goldenFile(name), text);
  expect(text).toBe(readFileSync(goldenFile(name), 'utf8'));
});

test.each(goldenNames)('%s comes back byte for byte where nothing of it is ours', (name) => {
  const request = readGolden(name);
  for (const { metadata } of request.routes.flatMap(({ virtualHosts }) =>
    virtualHosts.flatMap((host) => host.routes),
  )) {
    delete metadata?.filterMetadata['envoy-gateway'];
  }
  for (const { metadata } of request.clusters) delete metadata?.filterMetadata['envoy-gateway'];
  const { clusters, secrets, listeners, routes } = request;
  const given = create(PostTranslateModifyResponseSchema, { clusters, secrets, listeners, routes });
  const before = Buffer.from(toBinary(PostTranslateModifyResponseSchema, given));
  const response = postTranslateModify(request, messages, () => undefined, createSurroundings());
  expect(Buffer.from(toBinary(PostTranslateModifyResponseSchema, response)).equals(before)).toBe(true);
});

/** A field that no version of ours knows. */
const unknownField = { no: 9999, wireType: WireType.LengthDelimited, data: new Uint8Array([3, 1, 2, 3]) };

test.each(goldenNames)(
  'any part of %s, in any order, and beside anything else, is answered whole',
  (name) => {
    const bytes = readGoldenBytes(name);
    const count = readGolden(name).clusters.length;
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Array.from({ length: count }, (_, index) => index)),
        fc.array(fc.nat(count - 1), { maxLength: 2 }),
        (order, disowned) => {
          const request = fromBinary(PostTranslateModifyRequestSchema, bytes);
          // Clusters of somebody else stand between ours.
          for (const index of disowned)
            delete request.clusters[index]?.metadata?.filterMetadata['envoy-gateway'];
          for (const cluster of request.clusters) cluster.$unknown = [unknownField];
          request.clusters = order.flatMap((index) => request.clusters[index] ?? []);
          const encode = (): Map<string, string> =>
            new Map(
              request.clusters.map((cluster) => {
                const alone = create(PostTranslateModifyResponseSchema, { clusters: [cluster] });
                return [
                  cluster.name,
                  Buffer.from(toBinary(PostTranslateModifyResponseSchema, alone)).toString('hex'),
                ];
              }),
            );
          const given = nameClusters(request.clusters);
          const names = request.clusters.map((cluster) => given.get(cluster.name) ?? cluster.name);
          const foreign = request.clusters.filter(({ metadata }) => findGeneratedBy(metadata) === undefined);
          const before = encode();
          const { clusters } = postTranslateModify(request, messages, () => undefined, createSurroundings());
          const after = encode();
          // Every cluster is answered, in its place; only the processor's is added.
          expect(clusters.map((cluster) => cluster.name).filter((one) => one !== 'aigw-extproc')).toEqual(
            names,
          );
          for (const cluster of foreign) expect(after.get(cluster.name)).toBe(before.get(cluster.name));
          for (const cluster of request.clusters) expect(cluster.$unknown).toEqual([unknownField]);
        },
      ),
      { numRuns: 30 },
    );
  },
);
