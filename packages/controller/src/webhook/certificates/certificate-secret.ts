import { X509Certificate } from 'node:crypto';
import type { ApiClient } from '../../kube/api-client.ts';
import { KubeApiError } from '../../kube/api-error.ts';
import { issueCertificate, type IssuedCertificate } from './issue-certificate.ts';

/** Where the certificate is kept, for all replicas. */
export interface CertificatePlace {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly now: () => Date;
}

const day = 24 * 60 * 60 * 1000;
/** How long a certificate is good for, and when the next one is made. */
const lifetime = 90 * day;
const renewedBefore = 30 * day;

interface SecretObject {
  readonly metadata: { readonly resourceVersion?: string };
  readonly data?: Readonly<Record<string, string>>;
}

const decode = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString('utf8');
const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

function readCertificate({ data = {} }: SecretObject): IssuedCertificate | undefined {
  const [authority, certificate, key] = ['ca.crt', 'tls.crt', 'tls.key'].map((name) => decode(data[name]));
  if (!authority || !certificate || !key) return undefined;
  return { authority, certificate, key };
}

function isFresh({ certificate }: IssuedCertificate, { dnsNames, now }: CertificatePlace): boolean {
  try {
    const parsed = new X509Certificate(certificate);
    const covers = dnsNames.every((name) => parsed.checkHost(name) !== undefined);
    return covers && Date.parse(parsed.validTo) - now().getTime() > renewedBefore;
  } catch {
    return false;
  }
}

const firstCertificate = (bundle: string): string =>
  /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(bundle)?.[0] ?? '';

/** Replicas that still serve the certificate before are trusted until they have seen the new one. */
function renew(before: IssuedCertificate | undefined, place: CertificatePlace): IssuedCertificate {
  const start = place.now().getTime();
  const issued = issueCertificate(place.dnsNames, {
    // Clocks differ.
    notBefore: new Date(start - day / 24),
    notAfter: new Date(start + lifetime),
  });
  const former = before === undefined ? '' : firstCertificate(before.authority);
  return { ...issued, authority: issued.authority + former };
}

async function readSecret({ client, namespace, name }: CertificatePlace): Promise<SecretObject | undefined> {
  try {
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    return (await client.request({ method: 'GET', path })) as SecretObject;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function writeSecret(
  { client, namespace, name }: CertificatePlace,
  { authority, certificate, key }: IssuedCertificate,
  resourceVersion: string | undefined,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name, namespace, ...(resourceVersion !== undefined && { resourceVersion }) },
    data: { 'ca.crt': encode(authority), 'tls.crt': encode(certificate), 'tls.key': encode(key) },
  };
  if (resourceVersion === undefined) await client.request({ method: 'POST', path, body });
  else await client.request({ method: 'PUT', path: `${path}/${name}`, body });
}

/**
 * The certificate that every replica serves: made when there is none, and again a month before it ends. Of replicas that
 * make one at a time the first wins. @throws KubeApiError when the Secret can be neither read nor written
 */
export async function ensureCertificate(place: CertificatePlace): Promise<IssuedCertificate> {
  const secret = await readSecret(place);
  const current = secret === undefined ? undefined : readCertificate(secret);
  if (current !== undefined && isFresh(current, place)) return current;
  const renewed = renew(current, place);
  try {
    await writeSecret(place, renewed, secret?.metadata.resourceVersion);
    return renewed;
  } catch (error) {
    if (!(error instanceof KubeApiError) || error.status !== 409) throw error;
    const other = await readSecret(place);
    const theirs = other === undefined ? undefined : readCertificate(other);
    if (theirs === undefined) throw error;
    return theirs;
  }
}
