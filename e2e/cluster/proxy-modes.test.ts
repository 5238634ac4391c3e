import { mockCredentials } from '@aigw/mock-providers';
import { waitUntil } from '../src/wait-until.ts';
import { envoyGatewayNamespace } from './charts.ts';
import { createExamples, type Examples, exampleOf, llama, objectOf, route, rule } from './examples.ts';
import { type ProcessCluster, startProcessCluster } from './process-cluster.ts';

/** The other ways in which Envoy Gateway runs proxies. */

let cluster: ProcessCluster;
let examples: Examples;

async function start(options: Parameters<typeof startProcessCluster>[0]): Promise<void> {
  cluster = await startProcessCluster(options);
  examples = createExamples(cluster);
}

const get = (...args: readonly string[]): Promise<string> => cluster.server.mustKubectl(['get', ...args]);

/** Has Bedrock take another key alone, and returns after how many milliseconds requests have it. */
async function changeKey(accessKeyId: string): Promise<number> {
  const { secretAccessKey } = mockCredentials.aws;
  cluster.mock.setCredentials([{ accessKeyId, secretAccessKey }]);
  await examples.apply(
    objectOf('aws.yaml', 'Secret').replace(/(aws_access_key_id = )\S+/, `$1${accessKeyId}`),
  );
  const start = performance.now();
  await examples.untilAnswer(llama);
  return performance.now() - start;
}

const gatewayLabel = 'gateway.envoyproxy.io/owning-gateway-name=envoy-ai-gateway-basic';
const configLabel = 'app.kubernetes.io/managed-by=ai-gateway-controller';

describe('proxies beside their Gateways', () => {
  beforeAll(async () => {
    await start({
      envoyGateway: ['--set', 'config.envoyGateway.provider.kubernetes.deploy.type=GatewayNamespace'],
      controller: ['--set', 'envoyGateway.proxiesBesideGateways=true'],
    });
    await examples.apply(exampleOf('aws.yaml'));
  }, 900_000);

  afterAll(async () => {
    await cluster.stop();
  });

  test('serve the example, and their configuration is where they are', async () => {
    await examples.untilAnswer(llama);
    expect(await get('pods', '-n', 'default', '-l', gatewayLabel, '-o', 'name')).toMatch(/^pod\/\S+$/m);
    expect(await get('secrets', '-n', 'default', '-l', configLabel, '-o', 'name')).toContain('secret/');
    expect(await get('secrets', '-n', envoyGatewayNamespace, '-l', configLabel, '-o', 'name')).toBe('');
  }, 180_000);

  test('a changed Secret reaches them although the kubelet looks at volumes once a minute', async () => {
    cluster.kubelet.setVolumeDelay(60_000);
    expect(await changeKey('AKIABESIDEGATEWAYS00')).toBeLessThan(10_000);
    cluster.kubelet.setVolumeDelay(0);
  });

  test('nothing is left when the Gateway goes', async () => {
    await cluster.server.mustKubectl(['delete', 'gateway', 'envoy-ai-gateway-basic']);
    const names = (): Promise<string> => get('secrets', '-n', 'default', '-l', configLabel, '-o', 'name');
    await waitUntil('no configuration', async () => (await names()) === '', { withinMs: 60_000 });
  });
});

const daemonSet = {
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'EnvoyProxy',
  metadata: { name: 'envoy-ai-gateway-basic', namespace: 'default' },
  spec: { provider: { type: 'Kubernetes', kubernetes: { envoyDaemonSet: {} } } },
};

const mergedClass = [
  {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'EnvoyProxy',
    metadata: { name: 'merged', namespace: 'default' },
    spec: { mergeGateways: true },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'merged' },
    spec: {
      controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
      parametersRef: {
        group: 'gateway.envoyproxy.io',
        kind: 'EnvoyProxy',
        name: 'merged',
        namespace: 'default',
      },
    },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'merged', namespace: 'default' },
    spec: { gatewayClassName: 'merged', listeners: [{ name: 'http', protocol: 'HTTP', port: 8081 }] },
  },
];

describe('proxies in Envoy Gateway’s namespace', () => {
  beforeAll(async () => {
    await start({});
    await examples.apply(exampleOf('aws.yaml'));
    await examples.apply(JSON.stringify(daemonSet));
    await examples.untilAnswer(llama);
  }, 900_000);

  afterAll(async () => {
    await cluster.stop();
  });

  test('a DaemonSet of them is served, and follows changes', async () => {
    const label = ['-n', envoyGatewayNamespace, '-l', gatewayLabel, '-o', 'name'];
    await waitUntil('a DaemonSet alone', async () => {
      const [daemonSets, deployments] = await Promise.all([
        get('daemonsets', ...label),
        get('deployments', ...label),
      ]);
      return daemonSets !== '' && deployments === '';
    });
    await examples.untilAnswer(llama);
    cluster.kubelet.setVolumeDelay(60_000);
    expect(await changeKey('AKIADAEMONSETDAEMON0')).toBeLessThan(10_000);
    cluster.kubelet.setVolumeDelay(0);
  }, 180_000);

  test('a route behind Gateways that share their proxies says that it is not served', async () => {
    await examples.apply(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: mergedClass }));
    const yaml = route('merged', [rule('merged', { name: 'envoy-ai-gateway-basic-aws' })]);
    await examples.apply(yaml.replace('"name":"envoy-ai-gateway-basic","kind"', '"name":"merged","kind"'));
    const programmed = `jsonpath={.status.conditions[?(@.type=="Programmed")].reason}`;
    await waitUntil(
      'Unsupported',
      async () => (await get('aigatewayroute', 'merged', '-o', programmed)) === 'Unsupported',
      { withinMs: 60_000 },
    );
    // Whose proxies are its own goes on.
    await examples.untilAnswer(llama);
  }, 120_000);
});
