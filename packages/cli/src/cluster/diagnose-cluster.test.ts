import type { Finding } from '../doctor/finding.ts';
import { readEnvoyGatewayNeeds } from '../install/charts.ts';
import { configure } from './__fixtures__/change.ts';
import { gatewayMistakes } from './__fixtures__/gateway-mistakes.ts';
import {
  controllerDeployment,
  envoyGatewayConfigMap,
  envoyGatewayNamespace,
  healthyCluster,
  now,
  ownNamespace,
  paths,
  webhookConfiguration,
} from './__fixtures__/healthy-cluster.ts';
import { installationMistakes } from './__fixtures__/installation-mistakes.ts';
import { createScriptedApi, type Store } from './__fixtures__/scripted-api.ts';
import { webhookCertificates } from './__fixtures__/webhook-certificates.ts';
import { createClusterReader } from './cluster-reader.ts';
import { gatherCluster, judgeCluster } from './diagnose-cluster.ts';

const address = { hostname: `ai-gateway-controller.${ownNamespace}.svc.cluster.local`, port: 1063 };
const needs = await readEnvoyGatewayNeeds(address);
const limits = { timeoutMs: 1000, stop: new AbortController().signal };

async function diagnose(
  change: (store: Store) => void = () => undefined,
  isForbidden?: (path: string) => boolean,
): Promise<Finding[]> {
  const store = healthyCluster(needs);
  change(store);
  const reader = createClusterReader(createScriptedApi(store, isForbidden), limits);
  return judgeCluster(await gatherCluster(reader, { namespace: ownNamespace, envoyGatewayNamespace }, now));
}

const troublesIn = (findings: readonly Finding[]): Finding[] =>
  findings.filter(({ status }) => status !== 'ok');

test('nothing is said against a cluster in which everything is in order', async () => {
  const findings = await diagnose();
  expect(troublesIn(findings)).toEqual([]);
  expect(new Set(findings.map(({ check }) => check))).toEqual(
    new Set([
      ...['definitions', 'envoy-gateway', 'extension', 'controller', 'webhook'],
      ...['gateway', 'filter-config', 'proxy', 'credentials', 'resource', 'leftover'],
    ]),
  );
});

const mistakes = [...installationMistakes(needs, address), ...gatewayMistakes()];

test.each(mistakes)('%s: it is named, with what to do, and nothing else is', async (_, plant, want) => {
  const findings = await diagnose(plant);
  const troubles = troublesIn(findings);
  expect(JSON.stringify(findings)).not.toMatch(/canary|BEGIN|tls\.key/);
  expect(troubles[0]).toMatchObject({
    ...want,
    status: want.status ?? 'fail',
    message: expect.stringMatching(want.message) as string,
    fix: expect.stringMatching(/\S{3}/) as string,
  });
  expect(new Set(troubles.map(({ check }) => check))).toEqual(new Set([want.check]));
});

test.each([
  ['customresourcedefinitions', 'definitions'],
  ['/deployments', 'controller'],
  ['/configmaps/envoy-gateway-config', 'extension'],
  ['/leases', 'leftover'],
  ['/secrets', 'leftover'],
  ['/secrets/', 'filter-config'],
  ['/mutatingwebhookconfigurations', 'webhook'],
  ['/endpointslices', 'controller'],
  ['/gateways', 'gateway'],
  ['/aigatewayroutes', 'resource'],
  ['/pods', 'proxy'],
  ['/log', 'credentials'],
])('what may not be read (%s) is said, and nothing is guessed of it', async (part, check) => {
  const troubles = troublesIn(await diagnose(undefined, (path) => path.includes(part)));
  expect(troubles.map((one) => one.check)).toContain(check);
  for (const trouble of troubles) {
    expect(trouble).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(
        /could not be read, so it is not checked: GET .* is forbidden$/,
      ) as string,
    });
  }
});

test('a sidecar that may not be asked is ready all the same, and that is said', async () => {
  const findings = await diagnose(undefined, (path) => path.includes('/proxy/'));
  expect(findings.find(({ check }) => check === 'proxy')).toMatchObject({
    status: 'ok',
    message: expect.stringMatching(/was not asked .* is forbidden$/) as string,
  });
});

test('a certificate that has ended, or will without being renewed', async () => {
  const at = async (time: string): Promise<Finding | undefined> => {
    const reader = createClusterReader(createScriptedApi(healthyCluster(needs)), limits);
    const facts = await gatherCluster(
      reader,
      { namespace: ownNamespace, envoyGatewayNamespace },
      Date.parse(time),
    );
    return judgeCluster(facts).find(({ subject }) => subject?.startsWith('certificate '));
  };
  expect(await at('2026-04-01T00:00:01Z')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^it has expired/) as string,
  });
  expect(await at('2026-03-30T00:00:00Z')).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^it ends on 2026-04-01/) as string,
  });
});

test('an authority that the API server does not know is found by its Secret and by its signature', async () => {
  const findings = await diagnose((store) => {
    store.set(paths.webhook, webhookConfiguration({}, webhookCertificates.other.authority));
  });
  expect(troublesIn(findings).map(({ message }) => message)).toEqual([
    expect.stringMatching(/^it is not the authority in Secret/),
    'it is not signed by the authority in the caBundle',
  ]);
});

test.each([
  'ai-gateway-controller.envoy-ai-gateway-system',
  'AI-Gateway-Controller.envoy-ai-gateway-system.svc.',
  'ai-gateway-controller.envoy-ai-gateway-system.svc.corp.test',
])('%s is a name of the Service as well', async (hostname) => {
  expect(
    troublesIn(await diagnose(configure(needs, { service: { fqdn: { hostname, port: 1063 } } }))),
  ).toEqual([]);
});

test('TLS on both sides is in order', async () => {
  const findings = await diagnose((store) => {
    const args = ['-extensionTls=true', '-extensionClientSecret=envoy-gateway'];
    store.set(paths.controller, controllerDeployment(args));
    const tls = {
      certificateRef: { name: 'ai-gateway-controller-ca' },
      clientCertificateRef: { name: 'envoy-gateway' },
    };
    configure(needs, { service: { fqdn: address, tls } })(store);
  });
  expect(troublesIn(findings)).toEqual([]);
});

test('of several extension managers, ours is looked at', async () => {
  const findings = await diagnose((store) => {
    const { extensionApis, extensionManager } = needs;
    const other = { name: 'other', service: { fqdn: { hostname: 'a.b', port: 1 } } };
    const extensionManagers = [other, { name: 'aigw', ...extensionManager }];
    store.set(paths.envoyGatewayConfig, envoyGatewayConfigMap({ extensionApis, extensionManagers }));
  });
  expect(troublesIn(findings)).toEqual([]);
});
