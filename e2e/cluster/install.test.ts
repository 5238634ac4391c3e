import { parseAllDocuments } from 'yaml';
import { reportFigure } from '../src/report-figure.ts';
import { waitUntil } from '../src/wait-until.ts';
import { type Aigw, createAigw, writeKubeconfig } from './aigw.ts';
import { envoyGatewayNamespace, ownNamespace, prepareEnvoyGatewayChart } from './charts.ts';
import { exampleOf, llama } from './examples.ts';
import type { KubeObject } from './kube-api.ts';
import { postJson } from './post.ts';
import { type EmptyCluster, startEmptyCluster } from './process-cluster.ts';

let cluster: EmptyCluster;
let aigw: Aigw;
let chart: readonly string[];

/** A cluster with nothing in it, for the tests of a `describe`. */
function useEmptyCluster(): void {
  beforeAll(async () => {
    cluster = await startEmptyCluster();
    aigw = await createAigw(cluster.server);
    chart = ['--envoy-gateway-chart', await prepareEnvoyGatewayChart(cluster.server.folder)];
  }, 300_000);
  afterAll(() => cluster.stop());
}

const objectsOf = (yaml: string): KubeObject[] =>
  parseAllDocuments(yaml).flatMap((document) => (document.toJS() as KubeObject | null) ?? []);

const configOf = (configMap: KubeObject): string => configMap['data']['envoy-gateway.yaml'] as string;

async function readConfig(): Promise<string> {
  const path = `/api/v1/namespaces/${envoyGatewayNamespace}/configmaps/envoy-gateway-config`;
  return configOf((await cluster.server.api.request('GET', path)).body);
}

async function mustInstall(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await aigw(['install', ...chart, ...args]);
  if (code !== 0) throw new Error(`exit status ${code}:\n${stderr}\n${stdout}\n${cluster.logs()}`);
  return { stdout, stderr };
}

/** Applies an example as its reader does, and asks at the Gateway's address until there is an answer. */
async function untilFirstAnswer(): Promise<void> {
  const { server, logs } = cluster;
  await server.mustKubectl(['apply', '-f', '-'], exampleOf('aws.yaml'));
  const ofGateway = ['get', 'gateway', 'envoy-ai-gateway-basic', '-n', 'default'];
  await waitUntil(
    'an answer of a model',
    async () => {
      const address = await server.mustKubectl([...ofGateway, '-o', 'jsonpath={.status.addresses[0].value}']);
      const body = { model: llama, messages: [{ role: 'user', content: 'Hi' }] };
      const answer = await postJson(`http://${address}/v1/chat/completions`, body).catch(() => undefined);
      return answer?.status === 200 && 'usage' in (JSON.parse(answer.text) as object);
    },
    { withinMs: 120_000, everyMs: 200 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${logs()}`, { cause: error });
  });
}

/** Everything that charts make, with what is in it. Versions are not looked at: helm writes what is the same as well. */
async function snapshot(): Promise<Map<string, string>> {
  const kinds = [
    ...['deployments', 'services', 'configmaps', 'serviceaccounts', 'roles', 'rolebindings'],
    ...['poddisruptionbudgets', 'clusterroles', 'clusterrolebindings', 'customresourcedefinitions'],
    ...['mutatingwebhookconfigurations', 'validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
  ];
  const text = await cluster.server.mustKubectl(['get', kinds.join(), '--all-namespaces', '-o', 'json']);
  const { items } = JSON.parse(text) as { items: KubeObject[] };
  return new Map(
    items.map(({ status: _, metadata: { resourceVersion: __, ...metadata }, ...object }) => [
      `${object.kind ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`,
      JSON.stringify({ metadata, ...object }),
    ]),
  );
}

describe('a cluster with nothing in it', () => {
  useEmptyCluster();

  test('what is printed has everything, in the order in which it is applied', async () => {
    const { code, stdout } = await aigw(['install', '--print', ...chart]);
    expect(code).toBe(0);
    const places = objectsOf(stdout).map(
      ({ kind = '', metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
    );
    const inOrder = [
      `Namespace /${envoyGatewayNamespace}`,
      'CustomResourceDefinition /gateways.gateway.networking.k8s.io',
      `Deployment ${envoyGatewayNamespace}/envoy-gateway`,
      `Namespace /${ownNamespace}`,
      'CustomResourceDefinition /aigatewayroutes.aigateway.envoyproxy.io',
      `Deployment ${ownNamespace}/ai-gateway-controller`,
    ].map((place) => places.indexOf(place));
    expect(inOrder).not.toContain(-1);
    expect(inOrder).toEqual(inOrder.toSorted((left, right) => left - right));
  });

  test('what is printed follows the options: where the controller is, and on which port, is told to Envoy Gateway', async () => {
    const { code, stdout } = await aigw([
      ...['install', '--print', ...chart, '-n', 'mine', '--envoy-gateway-namespace', 'theirs'],
      ...['--set', 'controller.ports.extension=12063', '--set', 'fullnameOverride=gw'],
    ]);
    expect(code).toBe(0);
    const objects = objectsOf(stdout);
    const config = objects.find(({ metadata }) => metadata.name === 'envoy-gateway-config');
    expect(config?.metadata.namespace).toBe('theirs');
    expect(configOf(config!)).toMatch(/hostname: gw\.mine\.svc\.cluster\.local\n\s+port: 12063\n/);
    const controller = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'gw');
    expect(controller?.['spec'].template.spec.containers[0].args).toEqual(
      expect.arrayContaining(['-port=:12063', '-envoyGatewayNamespace=theirs']),
    );
  });

  test('what is printed has TLS on both sides, or on neither', async () => {
    const own = 'controller.extension.tls';
    const args = ['--set', `${own}.enabled=true`, '--set', `${own}.clientSecret=envoy-gateway`];
    const printed = async (...more: string[]): Promise<string> => {
      const { stdout } = await aigw(['install', '--print', ...chart, ...more]);
      return configOf(objectsOf(stdout).find(({ metadata }) => metadata.name === 'envoy-gateway-config')!);
    };
    const config = await printed(...args);
    expect(config).toMatch(/certificateRef:\n\s+name: ai-gateway-controller-ca\n/);
    expect(config).toMatch(/clientCertificateRef:\n\s+name: envoy-gateway\n/);
    expect(await printed()).not.toContain('tls:');
  });

  test('what is printed leaves Envoy Gateway out where it is there already, and says what it needs', async () => {
    const { code, stdout, stderr } = await aigw(['install', '--print', '--skip-envoy-gateway']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('name: envoy-gateway\n');
    expect(stderr).toMatch(/hostname: ai-gateway-controller\.envoy-ai-gateway-system\.svc\.cluster\.local/);
  });

  test('a dry run applies nothing', async () => {
    const before = await snapshot();
    const { code, stderr } = await aigw(['install', '--dry-run', ...chart]);
    expect(stderr).toMatch(/nothing was applied/);
    expect(code).toBe(0);
    expect(await snapshot()).toEqual(before);
  });

  test.each([
    { name: 'a mistake in the values', args: ['--set', 'controller.replicas=3'], code: 1, said: /replicas/ },
    { name: 'an unknown option', args: ['--replicas', '3'], code: 2, said: /Unknown option '--replicas'/ },
    {
      name: 'a context that is not there',
      args: ['--context', 'prod'],
      code: 1,
      said: /has no context "prod"; it has e2e\nfix: /,
    },
    {
      name: 'a file that is not there',
      args: ['--kubeconfig', '/no/such/file'],
      code: 1,
      said: /kubeconfig cannot be read.*\nfix: name a file/,
    },
  ])('$name is said in a sentence', async ({ args, code, said }) => {
    const result = await aigw(['install', ...chart, ...args]);
    expect(result.stderr).toMatch(said);
    expect(result.code).toBe(code);
  });

  test('no helm is said in a sentence', async () => {
    const { code, stderr } = await aigw(['install'], { PATH: '/no/such/folder' });
    expect(stderr).toMatch(/helm cannot be run: it is not on PATH;.*3\.8/);
    expect(code).toBe(1);
  });

  test('an API server that is away is said in a sentence', async () => {
    const away = writeKubeconfig(cluster.server, 'away', (config) =>
      config.replace(/https:\/\/127\.0\.0\.1:\d+/, 'https://127.0.0.1:1'),
    );
    const { code, stderr } = await aigw(['install', ...chart, '--kubeconfig', away]);
    expect(stderr).toMatch(
      /https:\/\/127\.0\.0\.1:1: the API server cannot be reached: .*ECONNREFUSED.*\nfix: /,
    );
    expect(code).toBe(1);
  });

  test('it is filled, step by step, until a Gateway answers', async () => {
    const begin = performance.now();
    const { stdout, stderr } = await mustInstall(
      ...['--set', 'controller.ports.extension=11063', '--envoy-gateway-set', 'deployment.annotations.a=b'],
    );
    const installed = performance.now();
    const steps = stderr.split('\n').filter((line) => line.startsWith('aigw: install: '));
    expect(steps).toEqual([
      expect.stringMatching(/API server v1\.\d+\.\d+ at https:.*; helm 3\./),
      'aigw: install: Envoy Gateway 1.8.1, as release eg in envoy-gateway-system',
      'aigw: install: the resource definitions and the controller, as release aigw in envoy-ai-gateway-system',
      'aigw: install: checking',
    ]);
    expect(stdout).toMatch(/^ok {4}extension {6}Envoy Gateway calls ai-gateway-controller\..*:11063$/m);
    expect(stdout).toMatch(/^\d+ ok, 0 to look at, 0 failed$/m);
    await untilFirstAnswer();
    const seconds = (from: number, to: number): string => ((to - from) / 1_000).toFixed(1);
    reportFigure(
      `aigw install in an empty cluster ${seconds(begin, installed)} s, from there to the first answer ${seconds(installed, performance.now())} s`,
    );
  }, 600_000);

  test('a second run changes nothing, and keeps what the first one was told', async () => {
    const before = await snapshot();
    await mustInstall();
    const after = await snapshot();
    // Envoy Gateway's chart makes what its Job for certificates needs anew each time, as a hook, and the Job its webhook's.
    const ofCertgen = /certgen|topology-injector/;
    const changed = [...after].filter(([place, content]) => before.get(place) !== content);
    expect(changed.map(([place]) => place).filter((place) => !ofCertgen.test(place))).toEqual([]);
    expect([...after.keys()]).toEqual([...before.keys()]);
    reportFigure(`a second aigw install changed ${changed.map(([place]) => place).join(', ') || 'nothing'}`);
    expect(await readConfig()).toMatch(/port: 11063\n/);
  }, 600_000);

  test('what somebody has removed comes back', async () => {
    const removed = [
      ['deployment', 'ai-gateway-controller', '-n', ownNamespace],
      ['service', 'ai-gateway-controller', '-n', ownNamespace],
      ['mutatingwebhookconfiguration', `envoy-ai-gateway-gateway-pod-mutator.${ownNamespace}`],
      ['customresourcedefinition', 'quotapolicies.aigateway.envoyproxy.io'],
      ['configmap', 'envoy-gateway-config', '-n', envoyGatewayNamespace],
    ];
    for (const args of removed) await cluster.server.mustKubectl(['delete', ...args]);
    const { stdout } = await mustInstall();
    expect(stdout).toMatch(/, 0 failed$/m);
    for (const args of removed) await cluster.server.mustKubectl(['get', ...args]);
    await untilFirstAnswer();
  }, 600_000);

  test('an Envoy Gateway that was installed before is checked, and what it lacks is said; a run without the flag repairs it', async () => {
    const config = (await readConfig()).replace('enableBackend: true', 'enableBackend: false');
    const patch = JSON.stringify({ data: { 'envoy-gateway.yaml': config } });
    await cluster.server.mustKubectl([
      ...['patch', 'configmap', 'envoy-gateway-config', '-n', envoyGatewayNamespace, '-p', patch],
    ]);
    const skipped = await aigw(['install', '--skip-envoy-gateway']);
    expect(skipped.stderr).toMatch(/Envoy Gateway: extensionApis\.enableBackend: true is missing/);
    expect(skipped.stderr).toMatch(
      /values of Envoy Gateway's chart have to contain\nconfig:\n {2}envoyGateway:/,
    );
    expect(skipped.code).toBe(1);
    await mustInstall();
    expect(await readConfig()).toMatch(/enableBackend: true/);
  }, 600_000);

  test('definitions that another release owns are said, with what to do', async () => {
    const { code, stderr } = await aigw(['install', '--skip-envoy-gateway', '-n', 'second']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/invalid ownership metadata/);
    expect(stderr).toMatch(/^fix: another release owns .* --set crds\.enabled=false/m);
  });

  test('a controller that never becomes ready is said, with where to look', async () => {
    await cluster.server.mustKubectl(['create', 'namespace', 'third']);
    // No pod fits.
    const limits = { limits: [{ type: 'Container', max: { memory: '1Mi' } }] };
    const metadata = { name: 'tight', namespace: 'third' };
    const tight = { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: limits };
    await cluster.server.mustKubectl(['apply', '-f', '-'], JSON.stringify(tight));
    const { code, stderr } = await aigw([
      ...['install', '--skip-envoy-gateway', '-n', 'third', '--set', 'crds.enabled=false'],
      ...['--set', 'fullnameOverride=third'],
      ...['--set', 'controller.ports.extension=11063', '--timeout', '5s'],
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the resource definitions and the controller: helm says: /);
    expect(stderr).toMatch(/^fix: look at kubectl get pods --namespace third and at aigw doctor --kube/m);
  });
});

describe('another cluster with nothing in it', () => {
  useEmptyCluster();

  test('what is printed can be applied by kubectl, until a Gateway answers', async () => {
    const begin = performance.now();
    const { stdout } = await aigw(['install', '--print', ...chart]);
    const said = await cluster.server.mustKubectl(['apply', '--server-side', '-f', '-'], stdout);
    expect(said.trim().split('\n')).toHaveLength(objectsOf(stdout).length);
    await untilFirstAnswer();
    const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
    reportFigure(
      `aigw install --print, applied by kubectl in an empty cluster, first answer after ${seconds} s`,
    );
  }, 600_000);
});
