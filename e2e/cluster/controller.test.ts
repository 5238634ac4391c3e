import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { waitUntil } from '../src/wait-until.ts';
import { type ControllerFixture, type Replica, startControllerFixture } from './controller-fixture.ts';
import { gateway, keyBackend, routeTo } from './key-backend.ts';
import type { KubeObject } from './kube-api.ts';

/** The controller against a real API server, without Envoy Gateway: what it writes, and when it does not. */

let fixture: ControllerFixture;
let replica: Replica;

beforeAll(async () => {
  fixture = await startControllerFixture();
  replica = await fixture.startReplica('controller-a');
}, 900_000);

afterAll(async () => {
  await fixture.stop();
});

const ours = '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/default';
const routes = '/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes';
const filters = '/apis/gateway.envoyproxy.io/v1alpha1/namespaces/default/httproutefilters';
const configSecrets =
  '/api/v1/namespaces/envoy-gateway-system/secrets?labelSelector=aigateway.envoyproxy.io/filter-config';

/** `Type=Status Reason` of each condition that is about the object as it is now. */
function conditionsOf(object: KubeObject | undefined): string[] {
  const conditions = (object?.['status']?.conditions ?? []) as Record<string, unknown>[];
  return conditions
    .filter(({ observedGeneration }) => observedGeneration === object?.metadata.generation)
    .map(({ type, status, reason }) => `${String(type)}=${String(status)} ${String(reason)}`);
}

const untilCondition = (path: string, wanted: string): Promise<KubeObject> =>
  waitUntil(`${path}: ${wanted}`, async () => {
    const object = await fixture.get(path);
    return conditionsOf(object).includes(wanted) ? object : undefined;
  });

/** The filter configuration of a Gateway, from its Secrets. */
async function configOf(name: string): Promise<{ backends: { name: string; auth?: unknown }[] } | undefined> {
  const secrets = (await fixture.list(configSecrets)).filter(
    ({ metadata }) => metadata.annotations?.['aigateway.envoyproxy.io/gateway'] === `default/${name}`,
  );
  const parts = secrets
    .filter(({ metadata }) => metadata.name.includes('-part-'))
    .sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1));
  if (parts.length === 0) return undefined;
  const text = parts.map(({ data }) => Buffer.from(String(data?.chunk), 'base64').toString()).join('');
  return JSON.parse(text) as { backends: { name: string }[] };
}

const untilConfig = (name: string, holds: (text: string) => boolean, withinMs = 10_000): Promise<true> =>
  waitUntil(
    `configuration of ${name}`,
    async () => holds(JSON.stringify((await configOf(name)) ?? 'none')) || undefined,
    { withinMs },
  );

async function versions(): Promise<Record<string, unknown>> {
  const objects = await Promise.all(
    [
      `${ours}/aigatewayroutes`,
      `${ours}/aiservicebackends`,
      `${ours}/backendsecuritypolicies`,
      routes,
      filters,
      configSecrets,
    ].map((path) => fixture.list(path)),
  );
  return Object.fromEntries(objects.flat().map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
}

async function reconciles(): Promise<number> {
  const text = await (await fetch(`${replica.adminUrl}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('aigw_controller_reconciles_total{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('an example of the guides becomes routes, filters and the configuration of the data plane', async () => {
  await fixture.apply(readFileSync(join(repositoryRoot, 'examples/basic/aws.yaml'), 'utf8'));
  const name = 'envoy-ai-gateway-basic-aws';
  // Nobody takes HTTPRoutes here.
  await untilCondition(`${ours}/aigatewayroutes/${name}`, 'Programmed=False Pending');
  await untilCondition(`${ours}/aiservicebackends/${name}`, 'Programmed=True Programmed');
  const httpRoute = await waitUntil('HTTPRoute', () => fixture.get(`${routes}/${name}`));
  expect(httpRoute.metadata.ownerReferences).toMatchObject([{ kind: 'AIGatewayRoute', name }]);
  expect(httpRoute.metadata.annotations).not.toHaveProperty([
    'kubectl.kubernetes.io/last-applied-configuration',
  ]);
  await waitUntil('filters that go after the HTTPRoute', async () =>
    (await fixture.list(filters)).every(
      ({ metadata }) =>
        metadata.ownerReferences?.map(({ kind }) => kind).join() === 'AIGatewayRoute,HTTPRoute',
    ),
  );
  expect((await configOf('envoy-ai-gateway-basic'))?.backends.length).toBeGreaterThan(0);
  const shown = await fixture.server.mustKubectl([
    'get',
    'aigatewayroute,aiservicebackend,backendsecuritypolicy',
  ]);
  expect(shown.match(/ Accepted +True /g)).toHaveLength(3);
});

test('a controller that starts anew writes nothing', async () => {
  const before = await versions();
  await replica.program.stop();
  replica = await fixture.startReplica('controller-b');
  const objects = Object.keys(before).length;
  await waitUntil('everything looked at', async () => (await reconciles()) >= Math.min(objects, 4));
  expect(await versions()).toEqual(before);
});

test('what somebody changes or removes is made good', async () => {
  const name = 'envoy-ai-gateway-basic-aws';
  const filter = `${filters}/ai-eg-route-not-found-response-${name}`;
  await fixture.server.api.request(
    'PATCH',
    filter,
    { spec: { directResponse: { statusCode: 200 } } },
    'application/merge-patch+json',
  );
  await waitUntil(
    'filter repaired',
    async () => (await fixture.get(filter))?.['spec'].directResponse.statusCode === 404,
  );
  await fixture.server.api.request('DELETE', `${routes}/${name}`);
  await waitUntil('HTTPRoute made again', async () => (await fixture.get(`${routes}/${name}`)) !== undefined);
  const [secret] = await fixture.list(configSecrets);
  await fixture.server.api.request(
    'DELETE',
    `/api/v1/namespaces/envoy-gateway-system/secrets/${secret?.metadata.name ?? ''}`,
  );
  await untilConfig('envoy-ai-gateway-basic', (text) => text.includes(name));
});

test('a reference to nothing is said on the route, leaves the rest alone, and heals', async () => {
  await fixture.apply(
    gateway('broken') + keyBackend('good') + routeTo('broken', 'broken', '[{name: good}, {name: late}]'),
  );
  const path = `${ours}/aigatewayroutes/broken`;
  const object = await untilCondition(path, 'ResolvedRefs=False BackendNotFound');
  expect(JSON.stringify(object['status'])).toContain(
    'spec.rules[0].backendRefs[1].name: AIServiceBackend default/late does not exist',
  );
  const refs = async (): Promise<string[]> => {
    const rules = (await fixture.get(`${routes}/broken`))?.['spec'].rules as
      { backendRefs?: { name: string }[] }[] | undefined;
    return (rules?.[0]?.backendRefs ?? []).map(({ name }) => name);
  };
  await waitUntil('the good backend alone', async () => (await refs()).join() === 'good');
  await fixture.apply(keyBackend('late'));
  await untilCondition(path, 'ResolvedRefs=True ResolvedRefs');
  await waitUntil('both backends', async () => (await refs()).join() === 'good,late');
  expect(replica.program.hasEnded()).toBe(false);
});

test('a Gateway learns of a route of another namespace only while a listener takes it', async () => {
  const closed = gateway('closed');
  const selecting = closed.replace(
    'protocol: HTTP}',
    'protocol: HTTP, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: ai}}}}}',
  );
  const inTeam = (yaml: string): string =>
    yaml.replaceAll('metadata: {name:', 'metadata: {namespace: team, name:');
  await fixture.server.mustKubectl(['create', 'namespace', 'team']);
  await fixture.apply(
    closed +
      keyBackend('own') +
      routeTo('own', 'closed', '[{name: own}]') +
      inTeam(keyBackend('theirs') + routeTo('theirs', 'closed', '[{name: theirs}]')).replace(
        'parentRefs: [{name: closed}]',
        'parentRefs: [{name: closed, namespace: default}]',
      ),
  );
  const path = '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/team/aigatewayroutes/theirs';
  await untilCondition(path, 'Programmed=False NotAllowedByListeners');
  await untilConfig('closed', (text) => text.includes('key-of-own') && !text.includes('key-of-theirs'));
  await fixture.apply(selecting);
  await fixture.server.mustKubectl(['label', 'namespace', 'team', 'team=ai']);
  await untilConfig('closed', (text) => text.includes('key-of-theirs'));
  // Nobody takes HTTPRoutes here.
  await untilCondition(path, 'Programmed=False Pending');
  await fixture.server.mustKubectl(['label', 'namespace', 'team', 'team-']);
  await untilCondition(path, 'Programmed=False NotAllowedByListeners');
  // Its HTTPRoute stays, and leads there no more: ten seconds later nothing needs the key.
  await untilConfig('closed', (text) => !text.includes('key-of-theirs'), 30_000);
  expect(
    await fixture.get('/apis/gateway.networking.k8s.io/v1/namespaces/team/httproutes/theirs'),
  ).toBeDefined();
});

test('two backends that change places never meet the key of the other', async () => {
  await fixture.apply(
    gateway('swap') +
      keyBackend('first') +
      keyBackend('second') +
      routeTo('swap', 'swap', '[{name: first}, {name: second}]'),
  );
  await untilConfig('swap', (text) => text.includes('key-of-first') && text.includes('key-of-second'));
  await fixture.apply(routeTo('swap', 'swap', '[{name: second}, {name: first}, {name: nobody}]'));
  await untilCondition(`${ours}/aigatewayroutes/swap`, 'ResolvedRefs=False BackendNotFound');
  for (const { name, auth } of (await configOf('swap'))?.backends ?? []) {
    expect(JSON.stringify(auth)).toContain(
      name.startsWith('default/first/') ? 'key-of-first' : 'key-of-second',
    );
  }
});

test('a Secret of another namespace is read with a ReferenceGrant, and no longer without', async () => {
  await fixture.server.mustKubectl(['create', 'namespace', 'vault']);
  const secret = `
apiVersion: v1
kind: Secret
metadata: {name: far, namespace: vault}
stringData: {apiKey: key-from-afar}
`;
  const grant = `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: allow, namespace: vault}
spec:
  from: [{group: aigateway.envoyproxy.io, kind: BackendSecurityPolicy, namespace: default}]
  to: [{group: "", kind: Secret}]
`;
  await fixture.apply(secret);
  await fixture.apply(
    gateway('far') +
      keyBackend('far', { secret: '{name: far, namespace: vault}' }) +
      routeTo('far', 'far', '[{name: far}]'),
  );
  const policy = `${ours}/backendsecuritypolicies/far`;
  await untilCondition(policy, 'ResolvedRefs=False RefNotPermitted');
  expect(JSON.stringify((await configOf('far')) ?? 'none')).not.toContain('key-');
  await fixture.apply(grant);
  await untilCondition(policy, 'ResolvedRefs=True ResolvedRefs');
  await untilConfig('far', (text) => text.includes('key-from-afar'));
  await fixture.server.mustKubectl(['delete', 'referencegrant', 'allow', '-n', 'vault']);
  await untilCondition(policy, 'ResolvedRefs=False RefNotPermitted');
  await untilConfig('far', (text) => !text.includes('key-from-afar'), 30_000);
});

test('a changed key is in the configuration within a second', async () => {
  const started = performance.now();
  await fixture.apply(
    'apiVersion: v1\nkind: Secret\nmetadata: {name: first}\nstringData: {apiKey: key-of-first-2}\n',
  );
  await untilConfig('swap', (text) => text.includes('key-of-first-2'), 1000);
  expect(performance.now() - started).toBeLessThan(5000);
});

test('an ExternalName Service becomes a Backend, and stops being one', async () => {
  const service = (spec: string): string => `
---
apiVersion: v1
kind: Service
metadata: {name: bedrock}
spec: ${spec}
`;
  const owner = `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIServiceBackend
metadata: {name: bedrock}
spec: {schema: AWSBedrock, backendRef: {name: bedrock, kind: Service}}
`;
  await fixture.apply(
    owner + service('{type: ExternalName, externalName: bedrock-runtime.us-west-2.amazonaws.com}'),
  );
  const made = '/apis/gateway.envoyproxy.io/v1alpha1/namespaces/default/backends/ai-eg-service-bedrock';
  await waitUntil('Backend', () => fixture.get(made));
  const hostname = 'bedrock-runtime.us-west-2.amazonaws.com';
  expect((await fixture.get(made))?.['spec']).toMatchObject({
    endpoints: [{ fqdn: { hostname, port: 443 } }],
    tls: { sni: hostname, wellKnownCACertificates: 'System' },
  });
  await fixture.apply(service('{type: ClusterIP, externalName: null, ports: [{port: 80}]}'));
  await waitUntil('Backend removed', async () => (await fixture.get(made)) === undefined);
});

test('a faulty cost is named on its resource, and everything else of the Gateway goes on', async () => {
  const costs = (cel: string): string =>
    `[{metadataKey: k, type: CEL, cel: ${cel}}, {metadataKey: t, type: TotalToken}]`;
  const settings = (cel: string): string => `
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: GatewayConfig
metadata: {name: costs}
spec: {globalLLMRequestCosts: ${costs(cel)}}
`;
  const priced = (cel: string): string => `
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata: {name: costs}
spec: {parentRefs: [{name: costs}], rules: [{backendRefs: [{name: costs}]}], llmRequestCosts: ${costs(cel)}}
`;
  const named = gateway('costs').replace(
    '{name: costs}',
    '{name: costs, annotations: {aigateway.envoyproxy.io/gateway-config: costs}}',
  );
  await fixture.apply(named + keyBackend('costs') + settings('tokens') + priced('tokens'));
  for (const [path, field] of [
    [`${ours}/aigatewayroutes/costs`, 'spec.llmRequestCosts[0].cel'],
    [`${ours}/gatewayconfigs/costs`, 'spec.globalLLMRequestCosts[0].cel'],
  ] as const) {
    const object = await untilCondition(path, 'Accepted=False Invalid');
    expect(JSON.stringify(object['status'])).toContain(field);
    expect(JSON.stringify(object['status'])).toContain('Unknown variable: tokens');
  }
  await untilConfig('costs', (text) => text.includes('key-of-costs') && text.includes('"metadataKey":"t"'));
  expect(JSON.stringify(await configOf('costs'))).not.toContain('"metadataKey":"k"');
  await waitUntil('HTTPRoute', () => fixture.get(`${routes}/costs`));
  await fixture.apply(settings('input_tokens') + priced('input_tokens'));
  await untilCondition(`${ours}/aigatewayroutes/costs`, 'Accepted=True Accepted');
  await untilConfig('costs', (text) => text.split('"metadataKey":"k"').length === 3);
});

test("what Envoy AI Gateway v1.1 has left a finalizer on can be deleted; others' finalizers stay", async () => {
  const finalizer = 'aigateway.envoyproxy.io/finalizer';
  const left = `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: MCPRoute
metadata: {name: left}
spec: {parentRefs: [{name: g}], backendRefs: [{name: a}]}
---
apiVersion: aigateway.envoyproxy.io/v1alpha1
kind: QuotaPolicy
metadata: {name: left}
spec: {}
`;
  await fixture.apply(
    `${left}---${gateway('left')}` + keyBackend('left') + routeTo('left', 'left', '[{name: left}]'),
  );
  const paths = [
    ...['aigatewayroutes', 'aiservicebackends', 'backendsecuritypolicies', 'mcproutes'].map(
      (plural) => `${ours}/${plural}/left`,
    ),
    `${ours.replace('v1beta1', 'v1alpha1')}/quotapolicies/left`,
  ];
  const setFinalizers = async (path: string, finalizers: readonly string[]): Promise<void> => {
    const body = { metadata: { finalizers } };
    const { status } = await fixture.server.api.request('PATCH', path, body, 'application/merge-patch+json');
    expect(status).toBe(200);
  };
  await waitUntil('HTTPRoute', () => fixture.get(`${routes}/left`));
  for (const path of paths) {
    await setFinalizers(path, path.includes('mcproutes') ? ['example.com/kept', finalizer] : [finalizer]);
    await fixture.server.api.request('DELETE', path);
  }
  for (const path of paths.filter((other) => !other.includes('mcproutes'))) {
    await waitUntil(`${path} gone`, async () => (await fixture.get(path)) === undefined);
  }
  const kept = await waitUntil('the finalizer taken off', async () => {
    const object = await fixture.get(`${ours}/mcproutes/left`);
    return object?.metadata.finalizers?.includes(finalizer) === false ? object : undefined;
  });
  expect(kept.metadata.finalizers).toEqual(['example.com/kept']);
  expect(await fixture.get(`${routes}/left`)).toBeUndefined();
  await setFinalizers(`${ours}/mcproutes/left`, []);
});

test("an HTTPRoute of somebody else's is left alone", async () => {
  const theirs =
    'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: taken}\nspec: {hostnames: [their.example.com]}\n';
  await fixture.apply(theirs);
  await fixture.apply(gateway('taken') + keyBackend('taken') + routeTo('taken', 'taken', '[{name: taken}]'));
  await untilCondition(`${ours}/aigatewayroutes/taken`, 'Programmed=False Refused');
  expect((await fixture.get(`${routes}/taken`))?.['spec'].hostnames).toEqual(['their.example.com']);
});

test('kinds that nothing serves say so', async () => {
  await fixture.apply(`
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: MCPRoute
metadata: {name: tools}
spec: {parentRefs: [{name: swap}], backendRefs: [{name: a}]}
---
apiVersion: aigateway.envoyproxy.io/v1alpha1
kind: QuotaPolicy
metadata: {name: quota}
spec: {}
`);
  await untilCondition(`${ours}/mcproutes/tools`, 'NotAccepted=True Unsupported');
  await untilCondition(
    `${ours.replace('v1beta1', 'v1alpha1')}/quotapolicies/quota`,
    'NotAccepted=True Unsupported',
  );
});

test('with a Gateway, its configuration goes, and with a route its HTTPRoute', async () => {
  await fixture.server.mustKubectl(['delete', 'gateway', 'swap']);
  await untilConfig('swap', (text) => text === '"none"');
  await fixture.server.mustKubectl(['delete', 'aigatewayroute', 'swap']);
  await waitUntil('HTTPRoute removed', async () => (await fixture.get(`${routes}/swap`)) === undefined);
  expect(await configOf('broken')).toBeDefined();
});

test('it outlives the API server, and misses nothing', async () => {
  const seen = async (): Promise<unknown> => (await fixture.get(`${routes}/broken`))?.metadata;
  const before = await seen();
  await fixture.server.restart();
  await fixture.apply(gateway('after') + keyBackend('after') + routeTo('after', 'after', '[{name: after}]'));
  const served = async (): Promise<unknown> => {
    // Where the server was away for longer than the lease, it ends, and a kubelet would start it again.
    if (replica.program.hasEnded()) {
      expect(replica.program.log()).toContain('the lease was lost');
      replica = await fixture.startReplica('controller-again');
    }
    return fixture.get(`${routes}/after`);
  };
  await waitUntil('HTTPRoute', served, { withinMs: 90_000 });
  expect(await seen()).toEqual(before);
}, 240_000);

test('another replica takes over from one that is killed', async () => {
  const second = await fixture.startReplica('controller-c');
  await replica.program.stop('SIGKILL');
  await fixture.apply(gateway('next') + keyBackend('next') + routeTo('next', 'next', '[{name: next}]'));
  await waitUntil('HTTPRoute', () => fixture.get(`${routes}/next`), { withinMs: 60_000 });
  expect(second.program.log()).toContain('leading');
  replica = second;
});

test('nothing was forbidden to the ServiceAccount of the chart', () => {
  expect(replica.program.log()).not.toMatch(/forbidden|ERROR/);
});
