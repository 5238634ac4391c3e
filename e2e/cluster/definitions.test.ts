import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { type ApiServer, startApiServerWithDefinitions } from './api-server.ts';
import { backends } from './definitions/backend-cases.ts';
import { backend, type Case, group, route, secretRef, type Version, versions } from './definitions/case.ts';
import { others } from './definitions/other-cases.ts';
import { aws, policies, policy } from './definitions/policy-cases.ts';
import { routes } from './definitions/route-cases.ts';

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServerWithDefinitions();
}, 900_000);

afterAll(async () => {
  await server.stop();
});

const plurals: Readonly<Record<string, string>> = {
  AIGatewayRoute: 'aigatewayroutes',
  AIServiceBackend: 'aiservicebackends',
  BackendSecurityPolicy: 'backendsecuritypolicies',
  GatewayConfig: 'gatewayconfigs',
  MCPRoute: 'mcproutes',
  QuotaPolicy: 'quotapolicies',
};

interface Answer {
  readonly isAccepted: boolean;
  /** What the server would store, or what it says. */
  readonly spec: Record<string, unknown>;
  readonly message: string;
}

/** Asks the server without keeping anything. */
async function create(kind: string, version: Version, spec: unknown): Promise<Answer> {
  const path = `/apis/${group}/${version}/namespaces/default/${plurals[kind] ?? ''}?dryRun=All&fieldValidation=Strict`;
  const apiVersion = `${group}/${version}`;
  const { status, body } = await server.api.request('POST', path, {
    apiVersion,
    kind,
    metadata: { name: 'x' },
    spec,
  });
  return {
    isAccepted: status === 201,
    spec: (body['spec'] ?? {}) as Record<string, unknown>,
    message: String(body['message'] ?? ''),
  };
}

const inItsVersions = <Given extends Pick<Case, 'only'>>(given: Given): (Given & { version: Version })[] =>
  (given.only === undefined ? versions : [given.only]).map((version) => ({ ...given, version }));

const cases = [...routes, ...backends, ...policies, ...others].flatMap(inItsVersions);

test.each(cases)('$version $kind: $name', async ({ kind, version, spec, refusal }) => {
  const { isAccepted, message } = await create(kind, version, spec);
  if (refusal === undefined) expect({ isAccepted, message }).toEqual({ isAccepted: true, message: '' });
  else
    expect({ isAccepted, message }).toEqual({
      isAccepted: false,
      message: expect.stringContaining(refusal) as string,
    });
});

interface Defaults extends Pick<Case, 'kind' | 'spec' | 'only'> {
  readonly want: object;
}

const defaults: readonly Defaults[] = [
  {
    kind: 'AIGatewayRoute',
    spec: route(
      { backendRefs: [{ name: 'a' }], matches: [{ headers: [{ name: 'a', value: 'b' }] }] },
      { parentRefs: [{ name: 'g' }] },
    ),
    want: {
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'g' }],
      rules: [
        {
          backendRefs: [{ name: 'a', priority: 0, weight: 1 }],
          matches: [{ headers: [{ name: 'a', type: 'Exact', value: 'b' }] }],
          modelsOwnedBy: 'Envoy AI Gateway',
        },
      ],
    },
  },
  {
    kind: 'BackendSecurityPolicy',
    spec: aws({ credentialsFile: { secretRef } }),
    want: aws({ credentialsFile: { secretRef, profile: 'default' } }),
  },
  {
    kind: 'MCPRoute',
    spec: { parentRefs: [{ name: 'g' }], backendRefs: [{ name: 'a' }] },
    want: {
      path: '/mcp',
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'g' }],
      backendRefs: [{ group: '', kind: 'Service', name: 'a', path: '/mcp' }],
    },
  },
  {
    kind: 'MCPRoute',
    spec: {
      parentRefs: [{ name: 'g', group: 'gateway.networking.k8s.io', kind: 'Gateway' }],
      path: '/p',
      headers: [{ name: 'a', value: 'b' }],
      backendRefs: [{ name: 'a', group: '', kind: 'Service', path: '/p' }],
    },
    want: {
      parentRefs: [{ name: 'g', group: 'gateway.networking.k8s.io', kind: 'Gateway' }],
      path: '/p',
      headers: [{ name: 'a', value: 'b', type: 'Exact' }],
      backendRefs: [{ name: 'a', group: '', kind: 'Service', path: '/p' }],
    },
  },
  { kind: 'AIServiceBackend', spec: backend({ schema: 'OpenAI' }), want: backend({ schema: 'OpenAI' }) },
  {
    kind: 'QuotaPolicy',
    only: 'v1alpha1',
    spec: { perModelQuotas: [{ modelName: 'm', quota: {} }] },
    want: { perModelQuotas: [{ modelName: 'm', quota: { mode: 'Shared' } }] },
  },
  ...(['fromRequestHeaders', 'fromDynamicMetadata'] as const).map((source): Defaults => {
    const from = source === 'fromRequestHeaders' ? { header: 'x' } : { namespace: 'n' };
    const withSource = (more: object): object =>
      policy('APIKey', { credentialOverride: { [source]: { ...from, ...more } } });
    return {
      kind: 'BackendSecurityPolicy',
      only: 'v1beta1',
      spec: withSource({}),
      want: withSource({ fallbackToConfigured: true }),
    };
  }),
];

test.each(defaults.flatMap(inItsVersions))(
  '$version $kind: defaults',
  async ({ kind, version, spec, want }) => {
    expect((await create(kind, version, spec)).spec).toEqual(want);
  },
);

const formerManifest = join(repositoryRoot, 'packages/api-types/src/__fixtures__/former-manifest.yaml');

/** Its documents in the older version; what only the newer one has is left out. */
const asAlpha = (yaml: string): string =>
  yaml
    .split(/^---$/m)
    .filter((document) => !document.includes('credentialOverride'))
    .join('---')
    .replaceAll(`${group}/v1beta1`, `${group}/v1alpha1`);

test.each(versions)('all that Envoy AI Gateway v1.1 takes is taken in %s', async (version) => {
  const beta = readFileSync(formerManifest, 'utf8');
  const yaml = version === 'v1beta1' ? beta : asAlpha(beta);
  const said = await server.mustKubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], yaml);
  expect(said.trim().split('\n')).toHaveLength(yaml.split(/^---$/m).length);
});

test('the older version is served with a warning, and is stored as the newer one', async () => {
  const object = {
    apiVersion: `${group}/v1alpha1`,
    kind: 'GatewayConfig',
    metadata: { name: 'old' },
    spec: {},
  };
  const { stderr } = await server.kubectl(['apply', '-f', '-'], JSON.stringify(object));
  expect(stderr).toContain(
    'aigateway.envoyproxy.io/v1alpha1 is deprecated; use aigateway.envoyproxy.io/v1beta1 instead',
  );
  expect(
    await server.mustKubectl(['get', 'gwconfig.v1beta1.aigateway.envoyproxy.io', 'old', '-o', 'name']),
  ).toContain('old');
});

const explained = Object.entries(plurals).flatMap(([kind, plural]) =>
  (kind === 'QuotaPolicy' ? ['v1alpha1'] : versions).map((version) => ({ kind, plural, version })),
);

test.each(explained)('kubectl explain has words for $kind in $version', async ({ plural, version }) => {
  const explain = (path: string): Promise<string> =>
    server.mustKubectl(['explain', `${plural}${path}`, `--api-version=${group}/${version}`]);
  for (const path of ['', '.spec', '.status.conditions']) {
    const text = await explain(path);
    expect(text).toMatch(/^DESCRIPTION:\n {4}\S/m);
    expect(text).not.toContain('<no description>');
  }
});

test('kubectl explain says the same of a field as the page', async () => {
  const text = await server.mustKubectl(['explain', 'aigatewayroute.spec.rules.backendRefs.weight']);
  const page = readFileSync(join(repositoryRoot, 'docs/api.md'), 'utf8');
  const said = 'Share of the requests among backends of the same priority.';
  expect(text.replaceAll(/\s+/g, ' ')).toContain(said);
  expect(page).toContain(said);
});
