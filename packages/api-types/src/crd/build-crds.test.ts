import { buildCustomResourceDefinitions } from './build-crds.ts';
import { crdKinds } from './crd-kinds.ts';

const definitions = buildCustomResourceDefinitions();

interface Node {
  readonly path: string;
  readonly value: Record<string, unknown>;
}

/** Every schema node of a definition, those inside `anyOf` left out: they hold conditions, not structure. */
function nodes(value: unknown, path = ''): Node[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => nodes(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  const node = value as Record<string, unknown>;
  return [
    { path, value: node },
    ...Object.entries(node)
      .filter(([key]) => key !== 'anyOf' && key !== 'default')
      .flatMap(([key, child]) => nodes(child, `${path}.${key}`)),
  ];
}

const schemaNodes = definitions.flatMap((crd) =>
  nodes(crd.spec.versions, crd.spec.names.kind).filter(
    ({ value }) => 'type' in value || 'x-kubernetes-preserve-unknown-fields' in value,
  ),
);

const versionsOf = (kind: string): readonly Record<string, unknown>[] =>
  (definitions.find(({ spec }) => spec.names.kind === kind)?.spec.versions ?? []) as never;

describe('buildCustomResourceDefinitions', () => {
  test('the structure is what the API server takes: no closed objects, no unions of types, no safe-integer bounds', () => {
    expect(schemaNodes.length).toBeGreaterThan(200);
    for (const { path, value } of schemaNodes) {
      if ('properties' in value)
        expect({ path, keys: Object.keys(value) }).not.toMatchObject({
          keys: expect.arrayContaining(['additionalProperties']),
        });
      for (const branch of (value['anyOf'] ?? []) as Record<string, unknown>[]) {
        expect({ path, type: branch['type'] }).toEqual({ path, type: undefined });
      }
      expect({ path, maximum: value['maximum'] }).not.toMatchObject({ maximum: Number.MAX_SAFE_INTEGER });
    }
  });

  test.each(crdKinds.map(({ kind }) => kind))('%s: every field says what it does, in words', (kind) => {
    for (const version of versionsOf(kind)) {
      const fields = nodes(version['schema'], String(version['name'])).filter(({ path }) =>
        /\.properties\.\w+$/.test(path),
      );
      expect(fields.length).toBeGreaterThan(20);
      // The API server describes metadata itself, and takes no description of it.
      for (const { path, value } of fields.filter((field) => !field.path.endsWith('.metadata'))) {
        expect({ path, description: value['description'] }).toEqual({
          path,
          description: expect.stringMatching(/^[A-Z`0-9].{8,}\.$/),
        });
      }
    }
  });

  test('an object has the name of its type, and within a version a name has one set of fields', () => {
    const known = new Map<string, string>();
    for (const { path, value } of schemaNodes) {
      const fields = Object.keys(value['properties'] ?? {}).join();
      if (fields === '' || path.endsWith('openAPIV3Schema')) continue;
      expect({ path, title: value['title'] }).toEqual({ path, title: expect.stringMatching(/^[A-Z]\w+$/) });
      const name = `${/\[\d\]/.exec(path)?.[0] ?? ''} ${String(value['title'])}`;
      expect({ path, fields }).toEqual({ path, fields: known.get(name) ?? fields });
      known.set(name, fields);
    }
    expect(known.size).toBeGreaterThan(50);
  });

  test('the keys of map lists are required or have a default', () => {
    const lists = schemaNodes.filter(({ value }) => value['x-kubernetes-list-type'] === 'map');
    expect(lists.length).toBeGreaterThan(10);
    for (const { path, value } of lists) {
      const items = value['items'] as Record<string, unknown>;
      for (const key of value['x-kubernetes-list-map-keys'] as string[]) {
        expect({ path, required: items['required'] }).toMatchObject({
          required: expect.arrayContaining([key]),
        });
      }
    }
  });

  test.each(crdKinds.map(({ kind, versions }) => ({ kind, versions })))(
    '$kind: every version is served, one is stored, and the older one says that it is deprecated',
    ({ kind, versions }) => {
      const built = versionsOf(kind);
      expect(built.map(({ name }) => name)).toEqual(versions.map(({ name }) => name));
      expect(built.every(({ served }) => served)).toBe(true);
      expect(built.filter(({ storage }) => storage)).toHaveLength(1);
      expect(built.filter(({ deprecated }) => deprecated).map(({ name }) => name)).toEqual(
        built.length > 1 ? ['v1alpha1'] : [],
      );
    },
  );

  test('only the newer BackendSecurityPolicy has credentialOverride', () => {
    const has = versionsOf('BackendSecurityPolicy').map(({ name, schema }) => [
      name,
      JSON.stringify(schema).includes('"credentialOverride"'),
    ]);
    expect(has).toEqual([
      ['v1alpha1', false],
      ['v1beta1', true],
    ]);
  });

  test('names and short names are those of Envoy AI Gateway', () => {
    expect(
      definitions.map(({ metadata, spec }) => [metadata.name.split('.')[0], spec.names.shortNames ?? []]),
    ).toEqual([
      ['aigatewayroutes', []],
      ['aiservicebackends', []],
      ['backendsecuritypolicies', []],
      ['gatewayconfigs', ['gwconfig']],
      ['mcproutes', []],
      ['quotapolicies', []],
    ]);
  });

  test('a rule of a schema is a rule of the definition, with its message', () => {
    const rules = schemaNodes.flatMap(
      ({ value }) => (value['x-kubernetes-validations'] ?? []) as { rule: string; message: string }[],
    );
    const messages = new Set(rules.map(({ message }) => message));
    for (const message of [
      "rule name 'route-not-found' is reserved",
      'rule name must be unique within the route',
      'only Gateway is supported',
      'group and kind must be specified together',
      'BackendRef must be an Envoy Gateway Backend, or a Service',
      'When type is AWSCredentials, only awsCredentials field should be set',
      'Either image or imageRepository can be set.',
    ]) {
      expect(messages).toContain(message);
    }
  });

  test('defaults are in the definition', () => {
    const route = JSON.stringify(versionsOf('AIGatewayRoute')[1]);
    expect(route).toContain('"default":"Envoy AI Gateway"');
    expect(route).toContain('"default":"gateway.networking.k8s.io"');
  });
});
