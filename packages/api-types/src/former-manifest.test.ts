import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { crdKinds } from './crd/crd-kinds.ts';
import { parseResource } from './parse-resource.ts';

const manifest = readFileSync(new URL('__fixtures__/former-manifest.yaml', import.meta.url), 'utf8');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

const beta = parseAllDocuments(manifest).map((document) => document.toJS() as Manifest);
const alpha = beta
  .filter(({ kind, spec }) => kind !== 'QuotaPolicy' && !('credentialOverride' in spec))
  .map((object) => ({ ...object, apiVersion: 'aigateway.envoyproxy.io/v1alpha1' }));

test('all kinds are among the manifests of Envoy AI Gateway v1.1', () => {
  expect(new Set(beta.map(({ kind }) => kind))).toEqual(new Set(crdKinds.map(({ kind }) => kind)));
});

test.each([...beta, ...alpha])(
  'what Envoy AI Gateway v1.1 takes is valid: $apiVersion $kind $metadata.name',
  (object) => {
    expect(parseResource(object)).toMatchObject({ ok: true, warnings: [] });
  },
);
