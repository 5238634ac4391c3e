import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../src/wait-until.ts';
import { type ControllerFixture, type Replica, startControllerFixture } from './controller-fixture.ts';
import { callExtension } from './extension-tap.ts';
import { applyGoldenRoutes, goldenFolder } from './golden-requests.ts';
import type { KubeObject } from './kube-api.ts';

/** Envoy Gateway calls any replica, and the leader says what came of it: the test plays Envoy Gateway. */

let fixture: ControllerFixture;
let leader: Replica;
let other: Replica;

const route = '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/default/aigatewayroutes/priorities';
const httpRoute = '/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes/priorities';

/** Takes the HTTPRoute as Envoy Gateway would. */
async function takeHttpRoute(): Promise<void> {
  const { metadata } = await waitUntil('HTTPRoute', () => fixture.get(httpRoute));
  const condition = (type: string): object => ({
    type,
    status: 'True',
    reason: type,
    message: '',
    observedGeneration: metadata.generation,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
  const parent = {
    parentRef: { name: 'priorities' },
    controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
    conditions: [condition('Accepted'), condition('ResolvedRefs')],
  };
  await fixture.server.api.request(
    'PATCH',
    `${httpRoute}/status`,
    { status: { parents: [parent] } },
    'application/merge-patch+json',
  );
}

beforeAll(async () => {
  fixture = await startControllerFixture();
  leader = await fixture.startReplica('controller-a');
  await waitUntil('a leader', () => leader.program.log().includes('leading'), { withinMs: 30_000 });
  other = await fixture.startReplica('controller-b');
  await applyGoldenRoutes(fixture.server, 'priorities');
  await takeHttpRoute();
}, 900_000);

afterAll(async () => {
  await fixture.stop();
});

function programmedOf(object: KubeObject | undefined): string {
  const conditions = (object?.['status']?.conditions ?? []) as Record<string, string>[];
  const { status, reason, message } = conditions.find(({ type }) => type === 'Programmed') ?? {};
  return `${status ?? ''} ${reason ?? ''}: ${message ?? ''}`;
}

const untilProgrammed = (start: string): Promise<string> =>
  waitUntil(`Programmed: ${start}`, async () => {
    const text = programmedOf(await fixture.get(route));
    return text.startsWith(start) ? text : undefined;
  }).catch(async (error: unknown) => {
    const object = JSON.stringify((await fixture.get(route))?.['status']);
    throw new Error(`${String(error)}\n${object}\n${other.program.log().slice(-2000)}`, { cause: error });
  });

const golden = readFileSync(join(goldenFolder, 'priorities.req.binpb'));

/** The recorded translation as if it were of this cluster: stamps name their AIGatewayRoute by its uid, which is as long in any. */
let recorded: Buffer = golden;

function adopt(uid: string): Buffer {
  const text = golden.toString('latin1');
  const [, former = ''] = /"uid":"([0-9a-f-]{36})"/.exec(text) ?? [];
  expect(former).toHaveLength(uid.length);
  return Buffer.from(text.replaceAll(former, uid), 'latin1');
}

/** The same translation with endpoints that lead elsewhere; texts of the same length keep the message whole. */
function misled(): Buffer {
  const [from, to] = ['api.anthropic.com', 'api.anthropic.net'];
  const bytes = Buffer.from(recorded);
  // `address` of a SocketAddress is its field 2; the stamp, which is another text, stays.
  const field = Buffer.concat([Buffer.from([0x12, from.length]), Buffer.from(from)]);
  for (let at = bytes.indexOf(field); at !== -1; at = bytes.indexOf(field, at + 1)) bytes.write(to, at + 2);
  return bytes;
}

const translate = (replica: Replica, message: Buffer): Promise<number> =>
  callExtension(replica.ports.extension, 'PostTranslateModify', message);

test('what another replica has seen not to fit, the leader says on the route', async () => {
  await untilProgrammed('True Programmed');
  recorded = adopt((await fixture.get(route))?.metadata.uid ?? '');
  const before = (await fixture.get(httpRoute))?.metadata.resourceVersion;
  expect(await translate(other, misled())).toBe(0);
  expect(await untilProgrammed('False NotStamped')).toMatch(
    /behind Gateway default\/priorities, rule 0: its endpoint api\.anthropic\.net:443 is not one of those of default\/anthropic\/route\/priorities\/rule\/0\/ref\/1/,
  );
  // Envoy Gateway would translate again for a changed HTTPRoute, and so for ever.
  expect((await fixture.get(httpRoute))?.metadata.resourceVersion).toBe(before);
});

test('and says no more when any replica has seen it fit', async () => {
  expect(await translate(leader, recorded)).toBe(0);
  await untilProgrammed('True Programmed');
});

test('of another version of the HTTPRoute nothing is said', async () => {
  await translate(other, misled());
  await untilProgrammed('False NotStamped');
  await fixture.server.mustKubectl([
    ...['patch', 'aigatewayroute', 'priorities', '--type=json'],
    ...['-p', JSON.stringify([{ op: 'replace', path: '/spec/rules/0/streamIdleTimeout', value: '21s' }])],
  ]);
  await untilProgrammed('True Programmed');
  expect((await fixture.get(route))?.['status'].notStamped).toHaveProperty(['default/priorities']);
});

test('neither replica was forbidden anything, or has failed', () => {
  for (const { program } of [leader, other]) {
    expect(program.hasEnded()).toBe(false);
    expect(program.log()).not.toMatch(/forbidden|ERROR/);
  }
});
