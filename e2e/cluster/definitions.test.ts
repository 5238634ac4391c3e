import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { type ApiServer, startApiServerWithDefinitions } from './api-server.ts';
import { backends } from './definitions/backend-cases.ts';
import { backend, group, route, secretRef, type Version, versions } from './definitions/case.ts';
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

const cases = [...routes, ...backends, ...policies, ...others].flatMap((given) =>
  (given.only === undefined ? versions : [given.only]).map((version) => ({ ...given, version })),
);

test.each(cases)('$version $kind: $name', async ({ kind, version, spec, refusal }) => {
  const { isAccepted, message } = await create(kind, version, spec);
  if (refusal === undefined) expect({ isAccepted, message }).toEqual({ isAccepted: true, message: '' });
  else
    expect({ isAccepted, message }).toEqual({
      isAccepted: false,
      message: expect.stringContaining(refusal) as string,
    });
});

const defaults = [
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
  { kind: 'AIServiceBackend', spec: backend({ schema: 'OpenAI' }), want: backend({ schema: 'OpenAI' }) },
];

test.each(defaults.flatMap((given) => versions.map((version) => ({ ...given, version }))))(
  '$version $kind: defaults',
  async ({ kind, version, spec, want }) => {
    expect((await create(kind, version, spec)).spec).toEqual(want);
  },
);

test('the newer policy falls back to its own credentials by default', async () => {
  const given = policy('APIKey', { credentialOverride: { fromRequestHeaders: { header: 'x' } } });
  const { spec } = await create('BackendSecurityPolicy', 'v1beta1', given);
  expect(spec['credentialOverride']).toEqual({
    fromRequestHeaders: { header: 'x', fallbackToConfigured: true },
  });
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
