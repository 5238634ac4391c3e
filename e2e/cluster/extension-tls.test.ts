import { connect } from 'node:tls';
import { waitUntil } from '../src/wait-until.ts';
import { claude, createExamples, type Examples, exampleOf, llama } from './examples.ts';
import { findExtensionServer } from './extension-tap.ts';
import { type ProcessCluster, startProcessCluster } from './process-cluster.ts';

/** Envoy Gateway and the extension server show each other certificates. */

let cluster: ProcessCluster;
let user: Examples;

const setAll = (values: readonly string[]): string[] => values.flatMap((value) => ['--set', value]);

beforeAll(async () => {
  const [own, envoyGatewayTls] = [
    'controller.extension.tls',
    'config.envoyGateway.extensionManager.service.tls',
  ];
  cluster = await startProcessCluster({
    controller: setAll([`${own}.enabled=true`, `${own}.clientSecret=envoy-gateway`]),
    envoyGateway: setAll([
      `${envoyGatewayTls}.certificateRef.name=ai-gateway-controller-ca`,
      `${envoyGatewayTls}.clientCertificateRef.name=envoy-gateway`,
    ]),
  });
  user = createExamples(cluster);
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

const certificate =
  '/api/v1/namespaces/envoy-ai-gateway-system/secrets/ai-gateway-controller-webhook-certificate';
const authority = '/api/v1/namespaces/envoy-gateway-system/secrets/ai-gateway-controller-ca';

async function secretText(path: string, key: string): Promise<string> {
  const { body } = await cluster.server.api.request('GET', path);
  return Buffer.from(String((body['data'] as Record<string, string>)[key]), 'base64').toString('utf8');
}

test('a route is stamped and serves', async () => {
  await user.apply(exampleOf('aws.yaml'));
  await user.untilAnswer(llama);
  for (const { programs } of cluster.pods('controller')) {
    expect(programs.get('controller')?.log()).toMatch(/"tls":true,"message":"extension server is listening"/);
  }
});

test('who shows no certificate is not heard', async () => {
  const { address, port } = await findExtensionServer(cluster.server.api);
  const socket = connect({
    ...{ host: address, port },
    ca: await secretText(authority, 'tls.crt'),
    servername: 'ai-gateway-controller.envoy-ai-gateway-system.svc',
    ALPNProtocols: ['h2'],
  });
  // TLS 1.3 tells a client only after its own handshake that it was refused.
  const error = await new Promise<string>((resolve) => {
    socket.once('error', (refusal: Error) => resolve(refusal.message));
    socket.once('close', () => resolve('closed'));
    socket.resume();
  });
  expect(error).toMatch(/certificate required|closed|reset/i);
});

test('after the certificate has been renewed, translations go on without a restart', async () => {
  const before = await secretText(certificate, 'tls.crt');
  // Without a certificate it makes one at its next look, a minute later at most.
  await cluster.server.api.request('DELETE', certificate);
  await waitUntil(
    'another certificate',
    async () => {
      const { status } = await cluster.server.api.request('GET', certificate);
      return status === 200 && (await secretText(certificate, 'tls.crt')) !== before;
    },
    { withinMs: 120_000, everyMs: 250 },
  );
  // A new connection has to trust it: that of before goes with its process.
  await cluster.restart('envoyGateway');
  await user.apply(exampleOf('anthropic.yaml'));
  await user.untilAnswer(claude);
  for (const { containers } of cluster.pods('controller')) {
    expect(containers.get('controller')?.restarts).toBe(0);
  }
}, 300_000);
