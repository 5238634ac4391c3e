import { applySteps, defaults, gateway, proxyPod, sha256Hex } from './__fixtures__/pods.ts';
import { type GatewaySidecar, injectSidecar } from './inject-sidecar.ts';
import type { Container, Pod } from './pod.ts';
import { digestSidecar, sidecarDigestAnnotation } from './sidecar-digest.ts';
import type { SidecarDefaults } from './sidecar-container.ts';

const inject = (
  pod: Pod = proxyPod,
  sidecar: GatewaySidecar = gateway,
  settings: SidecarDefaults = defaults,
): Pod => applySteps(pod, injectSidecar(pod, sidecar, settings, sha256Hex));

function sidecarOf({ spec = {} }: Pod): Container & Record<string, unknown> {
  const found = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].find(
    ({ name }) => name === defaults.containerName,
  );
  if (found === undefined) throw new Error('no sidecar');
  return found as Container & Record<string, unknown>;
}

/** AWS's webhook for roles of ServiceAccounts, as far as pods show it: every container gets the same. */
function awsWebhook(pod: Pod): Pod {
  const give = (container: Container): Container =>
    container.env?.some(({ name }) => name === 'AWS_ROLE_ARN') === true
      ? container
      : {
          ...container,
          env: [
            ...(container.env ?? []),
            { name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::1:role/r' },
            {
              name: 'AWS_WEB_IDENTITY_TOKEN_FILE',
              value: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
            },
          ],
          volumeMounts: [
            ...(container.volumeMounts ?? []),
            {
              name: 'aws-iam-token',
              mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount',
              readOnly: true,
            },
          ],
        };
  const { spec = {} } = pod;
  return {
    ...pod,
    spec: {
      ...spec,
      containers: (spec.containers ?? []).map(give),
      ...(spec.initContainers !== undefined && { initContainers: spec.initContainers.map(give) }),
      volumes: [...(spec.volumes ?? []), { name: 'aws-iam-token' }],
    },
  };
}

test('the processor starts before Envoy, shares a socket with it, and reads the configuration of its Gateway', () => {
  const pod = inject();
  const sidecar = sidecarOf(pod);
  expect(pod.spec?.initContainers).toEqual([sidecar]);
  expect(sidecar).toMatchObject({
    restartPolicy: 'Always',
    image: defaults.image,
    ports: [{ name: 'aigw-admin', containerPort: 1064 }],
    startupProbe: { httpGet: { path: '/health', port: 'aigw-admin' } },
    readinessProbe: { httpGet: { path: '/health' } },
    livenessProbe: { httpGet: { path: '/health' } },
  });
  expect(sidecar['args']).toEqual(
    expect.arrayContaining([
      '-extProcAddr',
      'unix:///etc/ai-gateway-extproc-uds/run.sock',
      '-adminPort',
      '1064',
    ]),
  );
  const socket = { name: 'ai-gateway-extproc-uds', mountPath: '/etc/ai-gateway-extproc-uds' };
  expect(sidecar.volumeMounts).toContainEqual(socket);
  expect(pod.spec?.containers?.[0]?.volumeMounts).toContainEqual(socket);
  expect(pod.spec?.volumes).toContainEqual({ name: socket.name, emptyDir: {} });
});

test('further arguments of the installation come last', () => {
  const passed = ['-rootPrefix=/ai', '-spanRequestHeaderAttributes='];
  const { args } = sidecarOf(inject(proxyPod, gateway, { ...defaults, passed })) as {
    args?: readonly string[];
  };
  expect(args?.slice(-2)).toEqual(passed);
});

test('the index of the configuration must be there, its parts need not', () => {
  const volume = inject().spec?.volumes?.find(
    ({ name }) => name === 'ai-gateway-filter-config',
  ) as unknown as {
    projected: { sources: { secret: { name: string; optional?: boolean } }[] };
  };
  const secrets = volume.projected.sources.map(({ secret: { name, optional = false } }) => [name, optional]);
  expect(secrets).toHaveLength(9);
  expect(secrets.slice(0, 2)).toEqual([
    ['gw-default-0123456789ab', false],
    ['gw-default-0123456789ab-part-000', true],
  ]);
});

test('it asks our controller for changes, by a token that is good for nothing else', () => {
  const pod = inject();
  expect(pod.spec?.volumes).toContainEqual({
    name: 'ai-gateway-config-server',
    projected: {
      sources: [
        {
          secret: {
            name: 'gw-default-0123456789ab',
            items: [{ key: 'ca.crt', path: 'ca.crt' }],
            optional: true,
          },
        },
        {
          serviceAccountToken: { audience: 'ai-gateway-controller', expirationSeconds: 3600, path: 'token' },
        },
      ],
    },
  });
  const sidecar = sidecarOf(pod);
  const folder = '/etc/ai-gateway-config-server';
  expect(sidecar.volumeMounts).toContainEqual({
    name: 'ai-gateway-config-server',
    mountPath: folder,
    readOnly: true,
  });
  expect(sidecar['args']).toEqual(
    expect.arrayContaining(['-configServer', defaults.configServer, '-configServerPath', folder]),
  );
});

test('it runs without rights and without a place to write to', () => {
  expect(sidecarOf(inject())['securityContext']).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsGroup: 65_532,
    runAsNonRoot: true,
    runAsUser: 65_532,
    seccompProfile: { type: 'RuntimeDefault' },
  });
});

test('before Kubernetes 1.29 it is a container like others', () => {
  const { spec } = inject(proxyPod, gateway, { ...defaults, isNative: false });
  expect(spec?.initContainers).toBeUndefined();
  expect(spec?.containers?.map(({ name }) => name)).toEqual([
    'envoy',
    'shutdown-manager',
    'ai-gateway-extproc',
  ]);
  expect(sidecarOf({ ...(spec && { spec }) })).not.toHaveProperty('restartPolicy');
});

test('a pod without lists of its own gets them', () => {
  const bare: Pod = { metadata: {}, spec: { containers: [{ name: 'envoy' }] } };
  const { spec } = inject(bare, gateway, { ...defaults, imagePullSecrets: [{ name: 'pull' }] });
  expect(spec?.containers?.[0]?.volumeMounts).toHaveLength(1);
  expect(spec?.volumes).toHaveLength(3);
  expect(spec?.imagePullSecrets).toEqual([{ name: 'pull' }]);
});

test.each<{ labels?: Record<string, string>; labelled: Record<string, string> }>([
  { labelled: { app: 'ai-gateway-extproc' } },
  { labels: { a: 'b' }, labelled: { a: 'b', app: 'ai-gateway-extproc' } },
  { labels: { app: 'mine' }, labelled: { app: 'mine' } },
])('a pod with labels $labels has $labelled then', ({ labels, labelled }) => {
  const metadata = labels === undefined ? {} : { labels };
  expect(inject({ ...proxyPod, metadata }).metadata?.labels).toEqual(labelled);
});

test('kubectl shows the log of the processor unless the pod says whose', () => {
  const of = (annotations?: Record<string, string>): string | undefined =>
    inject({ ...proxyPod, metadata: { ...(annotations && { annotations }) } }).metadata?.annotations?.[
      'kubectl.kubernetes.io/default-container'
    ];
  expect([of(), of({})]).toEqual(['ai-gateway-extproc', 'ai-gateway-extproc']);
  expect(of({ 'kubectl.kubernetes.io/default-container': 'envoy' })).toBe('envoy');
});

describe('the digest of the sidecar', () => {
  const digestOf = (pod: Pod): string | undefined => pod.metadata?.annotations?.[sidecarDigestAnnotation];

  test.each<[string, Record<string, string> | undefined]>([
    ['no annotations', undefined],
    ['others', { 'example.com/a': 'b' }],
    ['what its template wanted', { [sidecarDigestAnnotation]: 'another' }],
  ])('is on a pod with %s', (_what, annotations) => {
    const pod = inject({
      ...proxyPod,
      metadata: { ...proxyPod.metadata, ...(annotations && { annotations }) },
    });
    expect(pod.metadata?.annotations).toEqual({
      'kubectl.kubernetes.io/default-container': 'ai-gateway-extproc',
      ...annotations,
      [sidecarDigestAnnotation]: digestSidecar(gateway, defaults, sha256Hex),
    });
  });

  test('does not depend on the pod, and so is the same for what AWS gives it', () => {
    expect(digestOf(inject(awsWebhook(proxyPod)))).toBe(digestOf(inject()));
  });

  test.each<[string, Partial<GatewaySidecar>, Partial<SidecarDefaults>]>([
    ['image', {}, { image: 'other' }],
    ['flag', {}, { logLevel: 'debug' }],
    ['pull secret', {}, { imagePullSecrets: [{ name: 'p' }] }],
    ['variable', { overrides: { env: [{ name: 'A', value: 'b' }] } }, {}],
    ['configuration', { configSecret: 'other' }, {}],
  ])('is another one for another %s', (_what, sidecar, settings) => {
    const changed = inject(proxyPod, { ...gateway, ...sidecar }, { ...defaults, ...settings });
    expect(digestOf(changed)).not.toBe(digestOf(inject()));
  });
});

test('asked again, it changes nothing', () => {
  const once = inject();
  expect(injectSidecar(once, gateway, defaults, sha256Hex)).toEqual([]);
});

test.each<[string, (pod: Pod) => Pod]>([
  ['before ours', (pod) => inject(awsWebhook(pod))],
  ['after ours', (pod) => awsWebhook(inject(pod))],
  ['after ours, which is asked again', (pod) => inject(awsWebhook(inject(pod)))],
  [
    'between, for the first containers alone',
    (pod) => {
      const ours = inject(pod);
      const theirs = awsWebhook(pod).spec?.containers ?? [];
      return inject({ ...ours, spec: { ...ours.spec, containers: theirs } });
    },
  ],
])("AWS's webhook runs %s: its role reaches the processor, once", (_when, run) => {
  const { env = [], volumeMounts = [] } = sidecarOf(run(proxyPod));
  expect(env.filter(({ name }) => name.startsWith('AWS_')).map(({ name }) => name)).toEqual([
    'AWS_ROLE_ARN',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
  ]);
  expect(volumeMounts.filter(({ name }) => name === 'aws-iam-token')).toHaveLength(1);
});

describe('a GatewayConfig', () => {
  const withOverrides = (overrides: GatewaySidecar['overrides']): Record<string, unknown> =>
    sidecarOf(inject(proxyPod, { ...gateway, ...(overrides && { overrides }) }));

  test.each([
    ['an image', { image: 'x/y:1' }, 'x/y:1'],
    ['a repository', { imageRepository: 'mirror:5000/extproc' }, 'mirror:5000/extproc:v0.1.0'],
  ])('may name %s', (_what, overrides, image) => {
    expect(withOverrides(overrides)['image']).toBe(image);
  });

  test('keeps a digest', () => {
    const image = 'a/b@sha256:0123';
    const pod = inject(
      proxyPod,
      { ...gateway, overrides: { imageRepository: 'c:1/d' } },
      { ...defaults, image },
    );
    expect(sidecarOf(pod)['image']).toBe('c:1/d@sha256:0123');
  });

  test('has the last word on variables, resources and rights, and may mount more', () => {
    const sidecar = withOverrides({
      env: [
        { name: 'HTTPS_PROXY', value: 'http://other' },
        { name: 'A', value: 'b' },
      ],
      resources: { limits: { memory: '1Gi' } },
      securityContext: { runAsUser: 1000 },
      volumeMounts: [{ name: 'extra', mountPath: '/extra' }],
    });
    expect(sidecar).toMatchObject({
      env: [
        { name: 'HTTPS_PROXY', value: 'http://other' },
        { name: 'A', value: 'b' },
      ],
      resources: { limits: { memory: '1Gi' } },
      securityContext: { runAsUser: 1000, runAsNonRoot: true },
    });
    expect(sidecar['volumeMounts']).toHaveLength(4);
  });
});
