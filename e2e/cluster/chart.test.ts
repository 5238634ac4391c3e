import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { findBinary } from './binaries/binaries.ts';
import { renderChart } from './controller-fixture.ts';

const run = promisify(execFile);
const chart = join(repositoryRoot, 'charts/ai-gateway');
const golden = join(import.meta.dirname, 'golden');

interface Rendered {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
  readonly rules?: readonly { readonly resources?: readonly string[]; readonly verbs?: readonly string[] }[];
}

const objectsOf = (yaml: string): Rendered[] =>
  parseAllDocuments(yaml).flatMap((document) => (document.toJS() as Rendered | null) ?? []);

test.each([chart, join(chart, 'charts/ai-gateway-crds')])('helm lint finds nothing in %s', async (path) => {
  const { stdout } = await run(await findBinary('helm'), ['lint', '--strict', path]);
  expect(stdout).toContain('0 chart(s) failed');
});

test.each([
  { name: 'defaults', args: [] },
  {
    name: 'everything',
    args: [
      ...['--set', 'envoyGateway.proxiesBesideGateways=true', '--set', 'imagePullSecrets[0].name=registry'],
      ...[
        '--set',
        'extProc.extraEnvVars[0].name=AWS_REGION',
        '--set',
        'extProc.extraEnvVars[0].value=us-east-1',
      ],
      ...['--set', 'endpointConfig.rootPrefix=/ai', '--set', 'endpointConfig.anthropic=/claude'],
      ...['--set', 'controller.requestHeaderAttributes=x-team:team', '--set', 'extProc.enableRedaction=true'],
      ...['--set', 'controller.spanRequestHeaderAttributes='],
      ...['--set', 'controller.ports.extension=11063', '--set', 'controller.webhook.failurePolicy=Ignore'],
      ...[
        '--set',
        'controller.podDisruptionBudget.enabled=false',
        '--set',
        'controller.nodeSelector.disk=ssd',
      ],
    ],
  },
  {
    name: 'cert-manager',
    args: [
      ...[
        '--set',
        'controller.certificates.source=certManager',
        '--set',
        'controller.extension.tls.enabled=true',
      ],
      ...['--set', 'controller.extension.tls.clientSecret=envoy-gateway'],
    ],
  },
])('what is rendered with $name is what was looked at', async ({ name, args }) => {
  const rendered = await renderChart('--set', 'crds.enabled=false', ...args);
  const file = join(golden, `chart-${name}.yaml`);
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(file, rendered);
  expect(rendered).toBe(readFileSync(file, 'utf8'));
});

test('the definitions can be left out, or installed alone', async () => {
  const kinds = async (...args: string[]): Promise<string[]> =>
    objectsOf(await renderChart(...args)).map(({ kind }) => kind);
  expect((await kinds()).filter((kind) => kind === 'CustomResourceDefinition')).toHaveLength(6);
  expect(await kinds('--set', 'crds.enabled=false')).not.toContain('CustomResourceDefinition');
  const alone = await run(await findBinary('helm'), ['template', 'x', join(chart, 'charts/ai-gateway-crds')]);
  expect(new Set(objectsOf(alone.stdout).map(({ kind }) => kind))).toEqual(
    new Set(['CustomResourceDefinition']),
  );
});

const reading = ['get', 'list', 'watch'];

/** Who may write Secrets, and what besides reading. */
async function secretWriters(...args: readonly string[]): Promise<string[]> {
  const roles = objectsOf(await renderChart('--set', 'crds.enabled=false', ...args)).filter(({ kind }) =>
    /Role$/.test(kind),
  );
  const rules = roles.flatMap(({ kind, metadata, rules: list = [] }) =>
    list.map((rule) => ({ kind, metadata, ...rule })),
  );
  expect(rules.length).toBeGreaterThan(10);
  for (const { resources = [], verbs = [] } of rules) expect([...resources, ...verbs]).not.toContain('*');
  return rules.flatMap(({ kind, metadata: { namespace = '*' }, resources = [], verbs = [] }) => {
    const writing = verbs.filter((verb) => !reading.includes(verb));
    return resources.includes('secrets') && writing.length > 0
      ? `${kind} ${namespace}: ${writing.join()}`
      : [];
  });
}

test('no right is without limits, and Secrets are removed only where proxies are', async () => {
  const ownPlaces = [
    'Role envoy-ai-gateway-system: create,update,patch',
    'Role envoy-gateway-system: create,patch,delete',
  ];
  expect(await secretWriters()).toEqual(['ClusterRole *: create,patch', ...ownPlaces]);
  expect(await secretWriters('--set', 'credentialRotation.enabled=false')).toEqual(ownPlaces);
  // Without admission policies, who wants that right has to ask for it.
  const old = ['--kube-version', '1.29.9'];
  expect(await secretWriters(...old)).toEqual(ownPlaces);
  expect(await secretWriters(...old, '--set', 'credentialRotation.enabled=true')).toEqual([
    'ClusterRole *: create,patch',
    ...ownPlaces,
  ]);
});

test('pods and workloads are read and changed only where proxies are', async () => {
  const places = async (...args: readonly string[]): Promise<Set<string>> => {
    const roles = objectsOf(await renderChart('--set', 'crds.enabled=false', ...args)).filter(
      ({ rules = [] }) =>
        rules.some(({ resources = [] }) =>
          resources.some((name) => /^(pods|deployments|daemonsets)$/.test(name)),
        ),
    );
    return new Set(roles.map(({ kind, metadata: { namespace = '*' } }) => `${kind} ${namespace}`));
  };
  expect(await places()).toEqual(new Set(['Role envoy-gateway-system']));
  expect(await places('--set', 'envoyGateway.proxiesBesideGateways=true')).toEqual(
    new Set(['ClusterRole *']),
  );
});

test('a right to write Secrets everywhere comes with the policy that says which', async () => {
  const admission = async (...args: string[]): Promise<string[]> =>
    objectsOf(await renderChart('--set', 'crds.enabled=false', ...args)).flatMap(({ kind }) =>
      kind.startsWith('Validating') ? kind : [],
    );
  const both = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
  expect(await admission()).toEqual(both);
  expect(await admission('--set', 'envoyGateway.proxiesBesideGateways=true')).toEqual(both);
  expect(await admission('--set', 'credentialRotation.enabled=false')).toEqual([]);
  expect(await admission('--kube-version', '1.30.0-eks-1234')).toEqual(both);
  expect(await admission('--kube-version', '1.29.9')).toEqual([]);
});

test('cert-manager makes the certificate for the names that callers ask for, of the issuer that is given', async () => {
  const source = ['--set', 'controller.certificates.source=certManager'];
  const issuer = 'controller.certificates.certManager.issuerRef';
  const own = objectsOf(await renderChart(...source));
  const given = objectsOf(
    await renderChart(
      ...source,
      '--set',
      `${issuer}.name=corporate`,
      '--set',
      `${issuer}.kind=ClusterIssuer`,
    ),
  );
  expect(own.filter(({ kind }) => kind === 'Issuer')).toHaveLength(1);
  expect(given.filter(({ kind }) => kind === 'Issuer')).toEqual([]);
  const [certificate] = given.filter(({ kind }) => kind === 'Certificate');
  const host = 'ai-gateway-controller.envoy-ai-gateway-system.svc';
  expect(certificate?.spec).toMatchObject({
    secretName: 'ai-gateway-controller-webhook-certificate',
    dnsNames: [host, `${host}.cluster.local`],
    issuerRef: { name: 'corporate', kind: 'ClusterIssuer' },
  });
  const webhook = given.find(({ kind }) => kind === 'MutatingWebhookConfiguration');
  expect(webhook?.metadata.annotations).toMatchObject({
    'cert-manager.io/inject-ca-from': `envoy-ai-gateway-system/${certificate?.metadata.name ?? ''}`,
  });
});

test('where cert-manager makes the certificate, the controller may write neither it nor the webhook', async () => {
  const values = ['crds.enabled=false', 'controller.certificates.source=certManager'];
  const rendered = objectsOf(await renderChart(...values.flatMap((value) => ['--set', value])));
  const writing = rendered
    .filter(({ kind }) => /Role$/.test(kind))
    .flatMap(({ metadata, rules: list = [] }) => list.map((rule) => ({ metadata, ...rule })))
    .filter(({ verbs = [] }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
  expect(writing.flatMap(({ resources = [] }) => resources)).not.toContain('mutatingwebhookconfigurations');
  const secrets = writing.filter(({ resources = [] }) => resources.includes('secrets'));
  // Everywhere: what is exchanged for policies, and of that the admission policy makes no exception here.
  expect(secrets.map(({ metadata }) => metadata.namespace)).toEqual([undefined, 'envoy-gateway-system']);
  const policy = rendered.find(({ kind }) => kind === 'ValidatingAdmissionPolicy');
  const elsewhere = "!(request.namespace in ['envoy-gateway-system'])";
  expect(policy?.spec).toMatchObject({
    matchConditions: expect.arrayContaining([{ name: 'elsewhere', expression: elsewhere }]) as object[],
  });
});

test.each([
  { values: 'controller.replicas=3', refusal: 'replicas' },
  { values: 'controller.ports.admin=70000', refusal: '/controller/ports/admin' },
  { values: 'credentialRotation.enabled=maybe', refusal: '/credentialRotation/enabled' },
  { values: 'extProc.logLevel=loud', refusal: '/extProc/logLevel' },
  { values: 'controller.webhook.failurePolicy=Maybe', refusal: '/controller/webhook/failurePolicy' },
  { values: 'endpointConfig.rootPrefix=ai', refusal: '/endpointConfig/rootPrefix' },
  {
    values: 'controller.logRequestHeaderAttributes=x-team',
    refusal: '/controller/logRequestHeaderAttributes',
  },
  { values: 'extProc.socketPath=run.sock', refusal: '/extProc/socketPath' },
  { values: 'controller.certificates.source=nobody', refusal: '/controller/certificates/source' },
])('a mistake in the values is refused: $values', async ({ values, refusal }) => {
  await expect(renderChart('--set', values)).rejects.toThrow(refusal);
});
