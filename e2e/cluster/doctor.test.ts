import { type Aigw, createAigw, writeKubeconfig } from './aigw.ts';
import { envoyGatewayNamespace, ownNamespace } from './charts.ts';
import { type Examples, llama, startExamples } from './examples.ts';
import { waitUntil } from '../src/wait-until.ts';
import { mockCredentials } from '@aigw/mock-providers';
import { createMistakes, plantAll, type Planted, removed, replaced } from './doctor-mistakes.ts';

interface Check {
  readonly check: string;
  readonly subject?: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly message: string;
  readonly fix?: string;
}

interface Report {
  readonly code: number | null;
  readonly checks: readonly Check[];
}

let examples: Examples;
let aigw: Aigw;

async function examine(...args: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await aigw(['doctor', '--kube', '--json', ...args]);
  expect(stdout + stderr).not.toContain(mockCredentials.aws.secretAccessKey);
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return { code, checks: (JSON.parse(stdout) as { checks: readonly Check[] }).checks };
}

const troublesOf = ({ checks }: Report): readonly Check[] => checks.filter(({ status }) => status !== 'ok');

/** The report, once it is as expected; with the last one in the message when it does not become so. */
async function untilReport(what: string, isExpected: (report: Report) => boolean): Promise<Report> {
  let report: Report | undefined;
  const ask = async (): Promise<boolean> => {
    report = await examine();
    return isExpected(report);
  };
  await waitUntil(what, ask, { withinMs: 120_000, everyMs: 500 }).catch((error: unknown) => {
    const troubles = JSON.stringify(report && troublesOf(report), null, 2);
    throw new Error(`${String(error)}\n${troubles}\n${examples.cluster.logs()}`, { cause: error });
  });
  return report ?? examine();
}

const untilHealthy = (): Promise<Report> =>
  untilReport('a cluster in order', (report) => report.code === 0 && troublesOf(report).length === 0);

const api = () => examples.cluster.server.api;

const webhookPath = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/envoy-ai-gateway-gateway-pod-mutator.${ownNamespace}`;

beforeAll(async () => {
  examples = await startExamples(['aws.yaml', llama]);
  aigw = await createAigw(examples.cluster.server);
}, 900_000);
afterAll(() => examples.cluster.stop());

test('everything is in order, and was looked at', async () => {
  const { checks } = await untilHealthy();
  const messageOf = (name: string): string | undefined => checks.find(({ check }) => check === name)?.message;
  expect(messageOf('api-server')).toMatch(/^v1\.\d+\.\d+ at https:/);
  expect(messageOf('filter-config')).toMatch(/^\d+ bytes in 1 part, as its index says$/);
  expect(messageOf('proxy')).toBe('ready, with the configuration in force');
  expect(messageOf('credentials')).toBe('no failure in the last hour of its log');
  const { stdout } = await aigw(['doctor', '--kube']);
  expect(stdout).toMatch(/^ok {4}api-server {5}v1\./m);
  expect(stdout).toMatch(
    /^ok {4}envoy-gateway {2}1\.8\.1: envoy-gateway-system\/envoy-gateway, 1 of 1 pods available$/m,
  );
  expect(stdout).toMatch(/^\d+ ok, 0 to look at, 0 failed$/m);
}, 300_000);

describe('mistakes', () => {
  const mistakes = createMistakes(api);
  let report: Report;
  let takeBack: Planted;

  beforeAll(async () => {
    takeBack = await plantAll(mistakes);
    const isNamed = ({ check, message }: (typeof mistakes)[number], found: Report): boolean =>
      troublesOf(found).some((one) => one.check === check && message.test(one.message));
    // Some are seen by controllers first.
    await waitUntil(
      'each of them in the report',
      async () => {
        report = await examine();
        return mistakes.every((mistake) => isNamed(mistake, report));
      },
      { withinMs: 60_000, everyMs: 500 },
    ).catch(() => undefined);
  }, 180_000);

  test.each(mistakes)('$name: it is named, with what to do', ({ check, message }) => {
    const trouble = troublesOf(report).find((one) => one.check === check && message.test(one.message));
    expect({ trouble, all: troublesOf(report) }).toMatchObject({ trouble: { fix: /\S{3}/ } });
  });

  test('all of them end the command with 1, and nothing of them stays when they are taken back', async () => {
    expect(report.code).toBe(1);
    await takeBack();
    await untilHealthy();
    await examples.untilAnswer(llama);
  }, 300_000);
});

test('without a controller its traces are named; it puts right what is its own when it is back', async () => {
  const { cluster } = examples;
  await cluster.scale('controller', 0);
  const secrets = await cluster.server.mustKubectl([
    'get',
    'secrets',
    '-n',
    envoyGatewayNamespace,
    '-o',
    'name',
  ]);
  const part = /^secret\/(\S+-part-000)$/m.exec(secrets)?.[1] ?? '';
  await replaced(api, `/api/v1/namespaces/${envoyGatewayNamespace}/secrets/${part}`, () => ({
    data: { chunk: Buffer.from('damaged').toString('base64') },
  }))();
  await replaced(api, webhookPath, ({ webhooks }) => {
    const [{ clientConfig, ...webhook }] = webhooks as [{ clientConfig: object }];
    return { webhooks: [{ ...webhook, clientConfig: { ...clientConfig, caBundle: null } }] };
  })();
  const report = await examine();
  const failures = troublesOf(report).filter(({ status }) => status === 'fail');
  expect(failures.map(({ check, message }) => `${check}: ${message}`)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^controller: .*ai-gateway-controller: .*0/),
      expect.stringMatching(/^controller: none of its 0 endpoints is ready/),
      expect.stringMatching(/^webhook: it is empty/),
      expect.stringMatching(/^filter-config: part 0 of Secret \S+ has another size than its index says/),
    ]),
  );
  expect(failures.map(({ fix }) => fix)).not.toContain(undefined);
  expect(report.code).toBe(1);
  await cluster.scale('controller', 2);
  await untilHealthy();
}, 300_000);

test('a proxy that came without the sidecar is named, and what the report says repairs it', async () => {
  const { cluster } = examples;
  const putBack = await removed(api, webhookPath)();
  const ofProxies = ['-n', envoyGatewayNamespace, '-l', 'app.kubernetes.io/name=envoy'];
  await cluster.server.mustKubectl(['delete', 'pods', ...ofProxies, '--wait=false']);
  const isBare = ({ message }: Check): boolean => message.startsWith('it has no sidecar');
  const report = await untilReport('a proxy without sidecar', (found) => troublesOf(found).some(isBare));
  expect(troublesOf(report).map(({ message }) => message)).toContain(
    'no such MutatingWebhookConfiguration: new proxies get no sidecar',
  );
  const fix = troublesOf(report).find(isBare)?.fix ?? '';
  const command = /^once the webhook is in order, kubectl (delete pod --namespace \S+ \S+)$/.exec(fix)?.[1];
  await putBack();
  await cluster.server.mustKubectl((command ?? fix).split(' '));
  await untilHealthy();
  await examples.untilAnswer(llama);
}, 300_000);

test('somebody who may read little is told what was not checked', async () => {
  const { server } = examples.cluster;
  const readable = [
    ...['deployments.apps', 'pods', 'services', 'configmaps', 'gateways.gateway.networking.k8s.io'],
    ...['aigatewayroutes.aigateway.envoyproxy.io', 'gatewayclasses.gateway.networking.k8s.io'],
  ];
  const verbs = ['--verb=get,list', ...readable.map((resource) => `--resource=${resource}`)];
  await server.mustKubectl(['create', 'serviceaccount', 'reader', '-n', 'default']);
  await server.mustKubectl(['create', 'clusterrole', 'reader', ...verbs]);
  await server.mustKubectl([
    ...['create', 'clusterrolebinding', 'reader', '--clusterrole=reader', '--serviceaccount=default:reader'],
  ]);
  const token = (await server.mustKubectl(['create', 'token', 'reader', '-n', 'default'])).trim();
  const kubeconfig = writeKubeconfig(server, 'reader', (text) =>
    text.replace(/"token":"[^"]*"/, `"token":"${token}"`),
  );
  const report = await examine('--kubeconfig', kubeconfig);
  const unread = troublesOf(report).filter(({ message }) =>
    /could not be read, so (it is|they are) not checked: .*forbidden/.test(message),
  );
  expect([...new Set(unread.map(({ check }) => check))]).toEqual(
    expect.arrayContaining(['definitions', 'controller', 'webhook', 'filter-config', 'credentials']),
  );
  expect(troublesOf(report)).toEqual(unread);
  expect(report.code).toBe(0);
});

test.each([
  { args: ['doctor', '--kube', '--mock'], code: 2, said: /Unknown option '--mock'/ },
  { args: ['doctor', '--kube', 'a.yaml'], code: 2, said: /takes no files such as "a\.yaml"/ },
])('$args is a usage error', async ({ args, code, said }) => {
  const result = await aigw(args);
  expect(result.stderr).toMatch(said);
  expect(result.code).toBe(code);
});

test('an installation in other namespaces is found, and said', async () => {
  const report = await examine('--namespace', 'default', '--envoy-gateway-namespace', 'default');
  expect(troublesOf(report).map(({ fix }) => fix)).toEqual(
    expect.arrayContaining([
      `add --namespace ${ownNamespace}`,
      `add --envoy-gateway-namespace ${envoyGatewayNamespace}`,
    ]),
  );
});
