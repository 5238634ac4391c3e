import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { waitUntil } from '../src/wait-until.ts';
import { type Authority, createAuthority } from './certificates.ts';
import { ownNamespace } from './charts.ts';
import { type ControllerFixture, type Replica, startControllerFixture } from './controller-fixture.ts';
import { type Listening, startRelay } from './network/relay.ts';

/** With `controller.certificates.source=certManager`; the test plays cert-manager, which needs images to run. */

let fixture: ControllerFixture;
let replica: Replica;
/** The Service, which has no pods here. */
let service: Listening;

const secretName = 'ai-gateway-controller-webhook-certificate';
const secrets = `/api/v1/namespaces/${ownNamespace}/secrets`;
const configuration = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/envoy-ai-gateway-gateway-pod-mutator.${ownNamespace}`;
const host = `ai-gateway-controller.${ownNamespace}.svc`;

beforeAll(async () => {
  fixture = await startControllerFixture({
    values: ['controller.certificates.source=certManager', 'controller.extension.tls.enabled=true'],
    flags: ['-certificates=secret', '-extensionTls=true'],
  });
  replica = await fixture.startReplica('controller-a');
  // For pods; nobody else makes it here.
  await fixture.server.mustKubectl(['create', 'serviceaccount', 'default']);
  const found = await fixture.get(`/api/v1/namespaces/${ownNamespace}/services/ai-gateway-controller`);
  const address = found?.['spec'].clusterIP as string;
  service = await startRelay({ address, port: 9443 }, () => [
    { address: '127.0.0.1', port: replica.ports.webhook },
  ]);
}, 900_000);

afterAll(async () => {
  await service.stop();
  await fixture.stop();
});

let first: Authority;

const newAuthority = (name: string): Authority => {
  const folder = join(fixture.server.folder, name);
  mkdirSync(folder);
  return createAuthority(folder);
};

const base64 = (path: string): string => readFileSync(path).toString('base64');

/** What cert-manager and its injector do when a certificate is due. */
async function issue(authority: Authority): Promise<void> {
  const { certificate, key } = authority.issue('webhook', [host, `${host}.cluster.local`]);
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: secretName, namespace: ownNamespace },
    data: { 'tls.crt': base64(certificate), 'tls.key': base64(key), 'ca.crt': base64(authority.certificate) },
  };
  await fixture.apply(JSON.stringify(body));
  const value = base64(authority.certificate);
  await fixture.server.api.request(
    'PATCH',
    configuration,
    [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value }],
    'application/json-patch+json',
  );
}

/** The certificate that a port shows now. */
function shownAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: host, rejectUnauthorized: false };
    const socket = connect({ ...options, ALPNProtocols: ['h2', 'http/1.1'] }, () => {
      resolve(socket.getPeerCertificate().raw.toString('base64'));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

async function given(): Promise<string> {
  const secret = await fixture.get(`${secrets}/${secretName}`);
  const pem = Buffer.from(String(secret?.['data']['tls.crt']), 'base64').toString('utf8');
  return pem.replace(/-----[^-]+-----|\s/g, '');
}

/** Both servers show the certificate of the Secret. */
async function untilShown(): Promise<void> {
  const wanted = await given();
  for (const port of [replica.ports.webhook, replica.ports.extension]) {
    await waitUntil(
      `the certificate at ${port}`,
      async () => (await shownAt(port).catch(() => '')) === wanted,
    );
  }
}

/** A pod that the webhook has to be asked about; deleted again. */
async function createProxyPod(): Promise<{ code: number | null; stderr: string }> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'proxy',
      namespace: 'default',
      labels: { 'app.kubernetes.io/managed-by': 'envoy-gateway' },
    },
    spec: { containers: [{ name: 'envoy', image: 'envoy' }] },
  };
  const result = await fixture.server.kubectl(['create', '-f', '-'], JSON.stringify(pod));
  if (result.code === 0) await fixture.server.mustKubectl(['delete', 'pod', 'proxy', '--now']);
  return result;
}

/** The API server takes a moment to see a changed configuration. */
async function untilAdmitted(): Promise<void> {
  let refusal = '';
  const isLetIn = async (): Promise<boolean> => {
    const { code, stderr } = await createProxyPod();
    refusal = stderr;
    return code === 0;
  };
  await waitUntil('a pod of a proxy to be let in', isLetIn, { withinMs: 60_000, everyMs: 200 }).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${refusal}\n${replica.program.log().slice(-2_000)}`, {
        cause: error,
      });
    },
  );
}

test('until the certificate is there the controller waits, and proxies with it', async () => {
  expect(replica.program.hasEnded()).toBe(false);
  expect((await createProxyPod()).stderr).toMatch(/failed calling webhook/);
});

test('once it is there, it is served, and Envoy Gateway is told whom to trust', async () => {
  first = newAuthority('first');
  await issue(first);
  await untilShown();
  await untilAdmitted();
  const copy = await fixture.get('/api/v1/namespaces/envoy-gateway-system/secrets/ai-gateway-controller-ca');
  expect(copy?.['data']).toEqual({ 'tls.crt': base64(first.certificate) });
});

test.each([
  ['the same authority', (): Authority => first],
  ['another authority', (): Authority => newAuthority('second')],
])('it is renewed by %s without a restart', async (_by, authority) => {
  const { pid } = replica.program;
  const before = await given();
  await issue(authority());
  expect(await given()).not.toBe(before);
  await untilShown();
  await untilAdmitted();
  expect([replica.program.pid, replica.program.hasEnded()]).toEqual([pid, false]);
});

test('the controller wrote neither the certificate nor the bundle, and was not forbidden to', async () => {
  const secret = await fixture.get(`${secrets}/${secretName}`);
  const managers = (secret?.metadata as { managedFields?: { manager: string }[] }).managedFields ?? [];
  expect(managers.map(({ manager }) => manager)).not.toContain('node');
  expect(managers).toHaveLength(1);
  const { webhooks } = (await fixture.get(configuration)) as unknown as {
    webhooks: { clientConfig: { caBundle: string } }[];
  };
  expect(webhooks[0]?.clientConfig.caBundle).toBe(secret?.['data']['ca.crt']);
  expect(replica.program.log()).not.toMatch(/forbidden|ERROR/);
});

test('its ServiceAccount may write neither', async () => {
  const merge = 'application/merge-patch+json';
  for (const path of [`${secrets}/${secretName}`, configuration]) {
    const { status } = await fixture.asController.request('PATCH', path, { metadata: { labels: {} } }, merge);
    expect([path, status]).toEqual([path, 403]);
  }
});
