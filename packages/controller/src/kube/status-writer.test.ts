import type { PlannedCondition } from '@aigw/planner';
import { createScriptedClient } from '../__fixtures__/scripted-client.ts';
import { KubeApiError } from './api-error.ts';
import type { KubeObject } from './kube-object.ts';
import { resourceTypes } from './resource-types.ts';
import { createStatusWriter, mergeConditions } from './status-writer.ts';

const accepted: PlannedCondition = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'fine' };
const refused: PlannedCondition = { ...accepted, status: 'False', reason: 'Invalid', message: 'no' };

const objectWith = (conditions: readonly unknown[], generation = 1): KubeObject => ({
  apiVersion: 'x/v1',
  kind: 'X',
  metadata: { namespace: 'n', name: 'a', generation, resourceVersion: '7' },
  status: { conditions },
});
const written = { ...accepted, observedGeneration: 1, lastTransitionTime: 'then' };

describe('mergeConditions', () => {
  test.each([
    { name: 'nothing before', before: [], planned: accepted, generation: 1, time: 'now', isChanged: true },
    {
      name: 'the same again',
      before: [written],
      planned: accepted,
      generation: 1,
      time: 'then',
      isChanged: false,
    },
    {
      name: 'a new generation',
      before: [written],
      planned: accepted,
      generation: 2,
      time: 'then',
      isChanged: true,
    },
    {
      name: 'another message',
      before: [written],
      planned: { ...accepted, message: 'x' },
      generation: 1,
      time: 'then',
      isChanged: true,
    },
    {
      name: 'another status',
      before: [written],
      planned: refused,
      generation: 1,
      time: 'now',
      isChanged: true,
    },
    {
      name: 'a condition too many',
      before: [written, { ...written, type: 'Old' }],
      planned: accepted,
      generation: 1,
      time: 'then',
      isChanged: true,
    },
  ])('$name', ({ before, planned, generation, time, isChanged }) => {
    const merged = mergeConditions(objectWith(before, generation), [planned], 'now');
    expect(merged.isChanged).toBe(isChanged);
    expect(merged.conditions).toEqual([
      { ...planned, observedGeneration: generation, lastTransitionTime: time },
    ]);
  });
});

describe('createStatusWriter', () => {
  test('writes the list as a whole, over the version that was looked at', async () => {
    const client = createScriptedClient({ request: () => ({}) });
    const writer = createStatusWriter(client, () => 'now');
    expect(await writer.write(resourceTypes.AIGatewayRoute, objectWith([]), [accepted])).toBe(true);
    expect(await writer.write(resourceTypes.AIGatewayRoute, objectWith([written]), [accepted])).toBe(false);
    expect(client.requests).toMatchObject([
      {
        method: 'PATCH',
        path: '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/n/aigatewayroutes/a/status',
        body: { metadata: { resourceVersion: '7' }, status: { conditions: [{ type: 'Accepted' }] } },
      },
    ]);
  });

  test.each([
    { status: 409, fails: false },
    { status: 404, fails: false },
    { status: 500, fails: true },
  ])('an answer of $status fails: $fails', async ({ status, fails }) => {
    const writer = createStatusWriter(
      createScriptedClient({
        request: () => {
          throw new KubeApiError(status, 'X', 'x');
        },
      }),
      () => 'now',
    );
    const writing = writer.write(resourceTypes.AIGatewayRoute, objectWith([]), [accepted]);
    await (fails ? expect(writing).rejects.toThrow('x') : expect(writing).resolves.toBe(false));
  });
});
