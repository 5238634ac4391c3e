import { generateKeyPairSync, sign } from 'node:crypto';
import { bits, identifier, integer, sequence, setOf, time, utf8 } from '../../webhook/certificates/der.ts';

/** A certificate that a client shows, signed by itself and good for an hour; in PEM. */
export function createClientCertificate(): { readonly certificate: Buffer; readonly key: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'));
  const name = sequence(setOf(sequence(identifier('2.5.4.3'), utf8('client'))));
  const toBeSigned = sequence(
    integer(Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(time(new Date(Date.now() - 3_600_000)), time(new Date(Date.now() + 3_600_000))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const der = sequence(toBeSigned, ecdsaWithSha256, bits(sign('sha256', toBeSigned, privateKey)));
  const text = der.toString('base64').replace(/.{1,64}/g, '$&\n');
  return {
    certificate: Buffer.from(`-----BEGIN CERTIFICATE-----\n${text}-----END CERTIFICATE-----\n`),
    key: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}
