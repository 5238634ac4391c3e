import { request } from 'node:https';
import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
import { type ControllerFixture, type Replica, startControllerFixture } from './controller-fixture.ts';
import { gateway, keyBackend, routeTo } from './key-backend.ts';

/** What proxies ask the controller for, against a real API server that makes and reviews their tokens. */

let fixture: ControllerFixture;
let replicas: readonly Replica[];
let authority: string;

const proxies = 'envoy-gateway-system';
const audience = 'ai-gateway-controller';

const gatewayWithKey = (name: string, key: string): string =>
  gateway(name) + routeTo(name, name, `[{name: ${name}}]`) + keyBackend(name, { key });

const proxyPod = (name: string, namespace: string, owner: string): string => `
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: ${namespace}
  labels:
    app.kubernetes.io/managed-by: envoy-gateway
    app.kubernetes.io/component: proxy
    gateway.envoyproxy.io/owning-gateway-name: ${owner}
    gateway.envoyproxy.io/owning-gateway-namespace: default
spec: {serviceAccountName: default, containers: [{name: envoy, image: none}]}
`;

interface Answer {
  readonly status: number;
  readonly tag: string;
  readonly text: string;
}

function ask(token: string, { tag = '', wait = 0, replica = 0 } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'if-none-match': tag, prefer: `wait=${wait}` };
    const servername = 'ai-gateway-controller.envoy-ai-gateway-system.svc';
    const options = { host: '127.0.0.1', port: replicas[replica]?.ports.webhook, servername, ca: authority };
    request({ ...options, path: '/filter-config', headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, tag: response.headers.etag ?? '', text });
      });
    })
      .once('error', reject)
      .end();
  });
}

/** The token that the kubelet would give to a pod. */
const tokenOf = async (pod: string, namespace = proxies, of = audience): Promise<string> => {
  const bound = ['--bound-object-kind', 'Pod', '--bound-object-name', pod];
  const args = ['create', 'token', 'default', '-n', namespace, '--audience', of, ...bound];
  return (await fixture.server.mustKubectl(args)).trim();
};

const secretAt = async (path: string, key: string): Promise<string> => {
  const data = (await fixture.get(`/api/v1/namespaces/${path}`))?.['data'] as
    Record<string, string> | undefined;
  return Buffer.from(data?.[key] ?? '', 'base64').toString();
};

beforeAll(async () => {
  fixture = await startControllerFixture({ values: ['controller.webhook.failurePolicy=Ignore'] });
  replicas = [await fixture.startReplica('controller-a'), await fixture.startReplica('controller-b')];
  authority = await secretAt(
    'envoy-ai-gateway-system/secrets/ai-gateway-controller-webhook-certificate',
    'ca.crt',
  );
  const account = (namespace: string): string =>
    `{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: ${namespace}}}\n---\n`;
  await fixture.server.mustKubectl(['create', 'namespace', 'stranger']);
  await fixture.apply(account(proxies) + account('stranger') + gatewayWithKey('first', 'key-1'));
  await fixture.apply(gatewayWithKey('second', 'key-2'));
  await fixture.apply([proxyPod('p1', proxies, 'first'), proxyPod('p2', proxies, 'second')].join('---'));
}, 900_000);

afterAll(async () => {
  await fixture.stop();
});

const untilServed = (token: string, replica = 0): Promise<Answer> =>
  waitUntil('a configuration', async () => {
    const answer = await ask(token, { replica });
    return answer.status === 200 ? answer : undefined;
  });

test('each replica tells a proxy the configuration of its own Gateway', async () => {
  for (const replica of [0, 1]) {
    const [first, second] = [
      await untilServed(await tokenOf('p1'), replica),
      await untilServed(await tokenOf('p2'), replica),
    ];
    expect([first.text.includes('key-1'), first.text.includes('key-2')]).toEqual([true, false]);
    expect([second.text.includes('key-1'), second.text.includes('key-2')]).toEqual([false, true]);
  }
});

test('a change is told to who waits, by either replica, within a second', async () => {
  const token = await tokenOf('p1');
  const { tag } = await untilServed(token);
  const answers = [0, 1].map((replica) => ask(token, { tag, wait: 30, replica }));
  const started = performance.now();
  await fixture.apply('{apiVersion: v1, kind: Secret, metadata: {name: first}, stringData: {apiKey: key-3}}');
  const accepted = performance.now();
  for (const { status, text } of await Promise.all(answers)) {
    expect(status).toBe(200);
    expect(text).toContain('key-3');
  }
  const [sinceAsked, sinceAccepted] = [started, accepted].map((at) => Math.round(performance.now() - at));
  reportFigure(
    `a changed Secret is pushed ${sinceAccepted} ms after kubectl returned (${sinceAsked} ms in all)`,
  );
});

test('who has the configuration is told that there is nothing new', async () => {
  const token = await tokenOf('p2');
  const { tag } = await untilServed(token);
  expect(await ask(token, { tag })).toMatchObject({ status: 304, text: '' });
});

test('no other token opens a configuration', async () => {
  const api = 'https://kubernetes.default.svc.cluster.local';
  const plain = ['create', 'token', 'default', '-n', proxies, '--audience', audience];
  await fixture.apply(proxyPod('p3', 'stranger', 'first'));
  await untilServed(await tokenOf('p1'));
  const tokens = {
    'for the API server': await tokenOf('p1', proxies, api),
    'of no pod': (await fixture.server.mustKubectl(plain)).trim(),
    'of a pod that only says that it is a proxy of the Gateway': await tokenOf('p3', 'stranger'),
    'that nobody made': 'x.y.z',
  };
  for (const [what, token] of Object.entries(tokens)) {
    const { status, text } = await ask(token);
    expect({ what, refused: status === 403 || status === 404 }).toEqual({ what, refused: true });
    expect(text).not.toContain('key-');
  }
});

test('a token is good for as long as its pod is there', async () => {
  await fixture.apply(proxyPod('p4', proxies, 'first'));
  const token = await tokenOf('p4');
  await untilServed(token);
  await fixture.server.mustKubectl(['delete', 'pod', 'p4', '-n', proxies, '--force', '--grace-period=0']);
  await waitUntil('a refusal', async () => (await ask(token)).status === 403);
});

test('the authority that proxies trust is beside the configuration', async () => {
  const secrets = await fixture.list(
    `/api/v1/namespaces/${proxies}/secrets?labelSelector=aigateway.envoyproxy.io/filter-config%3Dindex`,
  );
  expect(secrets).toHaveLength(2);
  for (const { data } of secrets) {
    const { 'ca.crt': text = '' } = data as Record<string, string>;
    expect(Buffer.from(text, 'base64').toString()).toBe(authority);
  }
});

test('of a Gateway that is deleted nothing is told any more', async () => {
  const token = await tokenOf('p2');
  await fixture.server.mustKubectl(['delete', 'gateway', 'second']);
  await waitUntil('nothing to tell', async () => (await ask(token)).status === 404);
});

test('nothing was forbidden to the ServiceAccount of the chart', () => {
  for (const { program } of replicas) expect(program.log()).not.toMatch(/forbidden|ERROR/);
});
