import fc from 'fast-check';
import { parseClusterResource, parseResource } from './parse-resource.ts';
import { resourceSchemas } from './kind-registry.ts';
import { aiGatewayGroup } from './v1beta1/api-versions.ts';

const gatewayApi = 'gateway.networking.k8s.io/v1';
const envoyGateway = 'gateway.envoyproxy.io/v1alpha1';

/** One of each kind of others, with all that is read of it and what only its own definition allows. */
const examples: Readonly<Record<string, { readonly apiVersion: string; readonly [field: string]: unknown }>> =
  {
    GatewayClass: { apiVersion: gatewayApi, spec: { controllerName: 'c' } },
    Gateway: {
      apiVersion: gatewayApi,
      spec: {
        gatewayClassName: 'c',
        listeners: [
          {
            name: 'My_Listener',
            hostname: '*.EXAMPLE.com',
            port: 443,
            protocol: 'example.com/new',
            tls: { mode: 'New', certificateRefs: [{ name: 'My_Cert' }] },
            allowedRoutes: {
              namespaces: {
                from: 'Selector',
                selector: {
                  matchLabels: { a: 'b' },
                  matchExpressions: [{ key: 'c', operator: 'In', values: ['d'] }],
                },
              },
              kinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
            },
          },
        ],
      },
    },
    HTTPRoute: { apiVersion: gatewayApi, spec: { rules: [] } },
    ReferenceGrant: {
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      spec: {
        from: Array.from({ length: 40 }, () => ({ group: 'g', kind: 'K', namespace: 'n' })),
        to: [{ group: '', kind: 'Secret', name: 'My_Secret' }],
      },
    },
    BackendTLSPolicy: {
      apiVersion: gatewayApi,
      spec: {
        targetRefs: [{ group: '', kind: 'Service', name: 's', sectionName: 'My_Port' }],
        validation: {
          wellKnownCACertificates: 'example.com/authorities',
          hostname: 'a.b',
          subjectAltNames: [{ type: 'Hostname', hostname: 'a.b' }],
        },
      },
    },
    Backend: {
      apiVersion: envoyGateway,
      spec: {
        type: 'New',
        endpoints: Array.from({ length: 256 }, () => ({ fqdn: { hostname: 'a.b', port: 443 }, zone: 'z' })),
        tls: { fingerprints: ['f'], caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'My_CA' }] },
      },
    },
    BackendTrafficPolicy: {
      apiVersion: envoyGateway,
      spec: {
        targetRefs: [{ group: 'g', kind: 'HTTPRoute', name: 'r' }],
        retry: {
          numRetries: 3,
          retryOn: { triggers: ['new'], httpStatusCodes: [500] },
          perRetry: { timeout: '1s', backOff: { baseInterval: '1s' } },
        },
        timeout: { tcp: { connectTimeout: '1s' }, http: { requestTimeout: '1s' } },
        bandwidthLimit: { limit: '1Mi' },
      },
    },
    ClientTrafficPolicy: {
      apiVersion: envoyGateway,
      spec: { targetRef: { group: 'g', kind: 'Gateway', name: 'x' }, connection: { bufferLimit: '100Pi' } },
    },
    EnvoyProxy: { apiVersion: envoyGateway, spec: { provider: {} } },
    Secret: { apiVersion: 'v1', type: 'Opaque', data: { apiKey: 'a2V5' } },
    ConfigMap: { apiVersion: 'v1', data: { 'ca.crt': 'pem' } },
    Service: {
      apiVersion: 'v1',
      spec: { type: 'ClusterIP', ports: [{ name: 'p', port: 80 }], trafficDistribution: 'PreferClose' },
    },
    Namespace: { apiVersion: 'v1', spec: { finalizers: ['kubernetes'] } },
  };

const objectOf = (kind: string): object => ({
  kind,
  metadata: { name: 'x', namespace: 'n', labels: { a: 'b' }, annotations: { c: 'd' } },
  ...examples[kind],
});

/** Objects whose values are texts, whatever their keys. */
const textMaps = new Set(['labels', 'annotations', 'matchLabels', 'data', 'stringData']);

/** The value with the field in all objects in it, where there is none of its name. */
function withField(value: unknown, field: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map((item) => withField(item, field));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => [
    name,
    textMaps.has(name) ? inner : withField(inner, field),
  ]);
  return { ...field, ...Object.fromEntries(entries) };
}

const others = resourceSchemas.filter(
  ({ shape }) => !shape.apiVersion.options[0]?.startsWith(aiGatewayGroup),
);

describe('in a cluster', () => {
  test.each(others.map(({ shape }) => shape.kind.value))(
    'a %s is read whatever its own definition allows besides',
    (kind) => {
      const given = objectOf(kind);
      const read = parseClusterResource(given);
      expect(read).toMatchObject({ ok: true, resource: { kind, metadata: { name: 'x' } } });
      const newField = fc.dictionary(
        fc.string({ minLength: 1 }).map((name) => `new ${name}`),
        fc.jsonValue(),
        { minKeys: 1, maxKeys: 3 },
      );
      fc.assert(
        fc.property(newField, (field) => {
          expect(parseClusterResource(withField(given, field))).toEqual(read);
        }),
        { numRuns: 30 },
      );
    },
  );

  test('what is read has to have the right type', () => {
    const backend = (endpoints: unknown): unknown => ({ ...objectOf('Backend'), spec: { endpoints } });
    expect(parseClusterResource(backend([{ fqdn: { hostname: 'a.b', port: '443' } }]))).toMatchObject({
      ok: false,
      issues: [{ path: 'spec.endpoints[0].fqdn.port' }],
    });
  });

  test('defaults apply', () => {
    const service = { ...objectOf('Service'), spec: {} };
    expect(parseClusterResource(service)).toMatchObject({ resource: { spec: { type: 'ClusterIP' } } });
  });

  test('kinds of ours are read as strictly as from a file', () => {
    const route = {
      apiVersion: 'aigateway.envoyproxy.io/v1beta1',
      kind: 'AIGatewayRoute',
      metadata: { name: 'x' },
      spec: { rules: [{ backendRef: 'typo' }] },
    };
    expect(parseClusterResource(route)).toEqual(parseResource(route));
    expect(parseClusterResource(route).ok).toBe(false);
  });
});

test.each(['Gateway', 'Backend', 'BackendTrafficPolicy'])(
  'in a file, a %s names its unknown fields',
  (kind) => {
    const issues = parseResource(withField(objectOf(kind), { nosuch: 1 }));
    expect(issues).toMatchObject({ ok: false });
    expect(JSON.stringify(issues)).toContain('spec.nosuch');
  },
);
