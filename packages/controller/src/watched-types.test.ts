import type { KubeObject } from './kube/kube-object.ts';
import { watchedTypes } from './watched-types.ts';

const trim = (kind: string, more: object): KubeObject | undefined => {
  const object: KubeObject = { apiVersion: 'v1', kind, metadata: { name: 'a', namespace: 'n' }, ...more };
  const type = watchedTypes().find((watched) => watched.kind === kind);
  return type?.trim?.(object) ?? object;
};

describe('watchedTypes', () => {
  test.each([
    {
      kind: 'ConfigMap',
      given: { data: { 'ca.crt': 'pem', 'app.yaml': 'large' }, binaryData: { x: 'y' } },
      want: { data: { 'ca.crt': 'pem' } },
    },
    { kind: 'ConfigMap', given: { data: { 'app.yaml': 'large' } }, want: { data: {} } },
    {
      kind: 'Pod',
      given: {
        spec: {
          containers: [{ name: 'envoy', env: [] }],
          initContainers: [{ name: 'x', image: 'y' }],
          nodeName: 'z',
        },
        status: {},
      },
      want: { spec: { containers: [{ name: 'envoy' }], initContainers: [{ name: 'x' }] } },
    },
    {
      kind: 'Deployment',
      given: { spec: { replicas: 2, template: { metadata: { annotations: { a: 'b' } }, spec: {} } } },
      want: { spec: { template: { metadata: { annotations: { a: 'b' } } } } },
    },
    { kind: 'Gateway', given: { spec: { a: 1 }, status: { b: 2 } }, want: { spec: { a: 1 } } },
    { kind: 'HTTPRoute', given: { status: { parents: [] } }, want: { status: { parents: [] } } },
  ])('of a $kind, only what is read is kept: $want', ({ kind, given, want }) => {
    expect(trim(kind, given)).toEqual({
      apiVersion: 'v1',
      kind,
      metadata: { name: 'a', namespace: 'n' },
      ...want,
    });
  });

  test('proxies are watched where they are, and anywhere only where they may be anywhere', () => {
    const namespaces = (place?: string): Record<string, string | undefined> =>
      Object.fromEntries(watchedTypes(place).map(({ kind, namespace }) => [kind, namespace]));
    expect(namespaces('eg')).toMatchObject({
      Pod: 'eg',
      Deployment: 'eg',
      DaemonSet: 'eg',
      Secret: undefined,
    });
    expect(namespaces()).toMatchObject({ Pod: undefined, Deployment: undefined, DaemonSet: undefined });
  });

  test("Secrets of Kubernetes and Helm's own are not asked for", () => {
    const selector = watchedTypes().find(({ kind }) => kind === 'Secret')?.fieldSelector;
    expect(selector).toContain('type!=kubernetes.io/service-account-token');
    expect(selector).toContain('type!=helm.sh/release.v1');
  });
});
