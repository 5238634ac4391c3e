import { X509Certificate } from 'node:crypto';
import type { ApiClient, ApiRequest } from '../../kube/api-client.ts';
import { KubeApiError } from '../../kube/api-error.ts';
import { type CertificatePlace, ensureCertificate } from './certificate-secret.ts';
import { issueCertificate } from './issue-certificate.ts';

const dnsNames = ['svc.ns.svc', 'svc.ns.svc.cluster.local'];
const day = 24 * 60 * 60 * 1000;
const start = Date.parse('2026-11-21T00:00:00Z');

/** An API server that holds one Secret, with optimistic locking. */
function createSecretStore(): { client: ApiClient; writes: number; beforeWrite?: () => Promise<void> } {
  let secret: { metadata: Record<string, unknown>; data: Record<string, string> } | undefined;
  const request = async ({ method, body }: ApiRequest): Promise<unknown> => {
    if (method === 'GET') {
      if (secret === undefined) throw new KubeApiError(404, 'NotFound', 'no Secret');
      return secret;
    }
    const { beforeWrite } = store;
    delete store.beforeWrite;
    await beforeWrite?.();
    const given = body as { metadata: { resourceVersion?: string }; data: Record<string, string> };
    if (secret?.metadata['resourceVersion'] !== given.metadata.resourceVersion) {
      throw new KubeApiError(409, 'Conflict', 'changed');
    }
    store.writes += 1;
    secret = { ...given, metadata: { ...given.metadata, resourceVersion: String(store.writes) } };
    return secret;
  };
  const store: { client: ApiClient; writes: number; beforeWrite?: () => Promise<void> } = {
    writes: 0,
    client: {
      request,
      watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error()) }) }),
    },
  };
  return store;
}

const placeAt = (client: ApiClient, days: number): CertificatePlace => ({
  client,
  namespace: 'ns',
  name: 'cert',
  dnsNames,
  now: () => new Date(start + days * day),
});

test('a certificate is for its names, by its own authority, for its time', () => {
  const validity = { notBefore: new Date(start), notAfter: new Date(start + 90 * day) };
  const issued = issueCertificate(dnsNames, validity);
  const [certificate, authority] = [issued.certificate, issued.authority].map(
    (pem) => new X509Certificate(pem),
  );
  expect(certificate?.verify(authority!.publicKey)).toBe(true);
  expect(certificate?.checkIssued(authority!)).toBe(true);
  expect(authority?.ca).toBe(true);
  expect(certificate?.ca).toBe(false);
  expect(certificate?.subjectAltName).toBe('DNS:svc.ns.svc, DNS:svc.ns.svc.cluster.local');
  expect(certificate?.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(Date.parse(certificate?.validFrom ?? '')).toBe(start);
  expect(Date.parse(certificate?.validTo ?? '')).toBe(start + 90 * day);
});

test('it is made once and kept until a month before its end', async () => {
  const store = createSecretStore();
  const first = await ensureCertificate(placeAt(store.client, 0));
  expect(await ensureCertificate(placeAt(store.client, 59))).toEqual(first);
  expect(store.writes).toBe(1);
  const next = await ensureCertificate(placeAt(store.client, 61));
  expect(next.certificate).not.toBe(first.certificate);
});

test('replicas that still serve the one before are trusted', async () => {
  const store = createSecretStore();
  const first = await ensureCertificate(placeAt(store.client, 0));
  const second = await ensureCertificate(placeAt(store.client, 61));
  const third = await ensureCertificate(placeAt(store.client, 122));
  expect(second.authority).toContain(first.authority);
  expect(third.authority).not.toContain(first.authority);
  expect(third.authority.match(/BEGIN/g)).toHaveLength(2);
});

test('of two replicas that make one at a time, both serve the same', async () => {
  const store = createSecretStore();
  let other: unknown;
  store.beforeWrite = async () => {
    other = await ensureCertificate(placeAt(store.client, 0));
  };
  expect(await ensureCertificate(placeAt(store.client, 0))).toEqual(other);
  expect(store.writes).toBe(1);
});

test('one for other names, or one that is broken, is replaced', async () => {
  const store = createSecretStore();
  const first = await ensureCertificate({ ...placeAt(store.client, 0), dnsNames: ['other.ns.svc'] });
  const second = await ensureCertificate(placeAt(store.client, 0));
  expect(second.certificate).not.toBe(first.certificate);
});
