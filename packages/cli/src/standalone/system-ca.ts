import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';

const wellKnownBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The CAs that this machine trusts, as PEM: `SSL_CERT_FILE`, else the system's bundle, else the one that Node ships. */
export async function readSystemCa(configured: string | undefined): Promise<string> {
  const paths = configured === undefined || configured === '' ? wellKnownBundles : [configured];
  for (const path of paths) {
    const bundle = await readFile(path, 'utf8').catch(() => '');
    if (bundle.includes('-----BEGIN CERTIFICATE-----')) return bundle;
  }
  return rootCertificates.join('\n');
}
