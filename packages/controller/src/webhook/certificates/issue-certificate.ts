import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bits,
  context,
  identifier,
  integer,
  octets,
  sequence,
  setOf,
  tagged,
  time,
  trueValue,
  utf8,
} from './der.ts';

/** How long certificates are good for. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A server's certificate with its key, and the authority that it is to be trusted by; all in PEM. */
export interface IssuedCertificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'));

const nameOf = (commonName: string): Buffer =>
  sequence(setOf(sequence(identifier('2.5.4.3'), utf8(commonName))));

const extension = (id: string, isCritical: boolean, value: Buffer): Buffer =>
  sequence(identifier(id), ...(isCritical ? [trueValue] : []), octets(value));

/** May sign certificates, and nothing else. */
const authorityExtensions = [
  extension('2.5.29.19', true, sequence(trueValue)),
  extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
];

const serverExtensions = (dnsNames: readonly string[]): Buffer[] => [
  extension('2.5.29.19', true, sequence()),
  extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7)),
  extension('2.5.29.37', false, sequence(identifier('1.3.6.1.5.5.7.3.1'))),
  extension(
    '2.5.29.17',
    false,
    sequence(...dnsNames.map((name) => context(2, Buffer.from(name, 'ascii'), true))),
  ),
];

interface Subject {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;

/** @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function signCertificate(
  subject: Subject,
  issuer: { readonly commonName: string; readonly privateKey: KeyObject },
  { notBefore, notAfter }: Validity,
): string {
  const toBeSigned = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    nameOf(issuer.commonName),
    sequence(time(notBefore), time(notAfter)),
    nameOf(subject.commonName),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...subject.extensions)),
  );
  const signature = bits(sign('sha256', toBeSigned, issuer.privateKey));
  return pem('CERTIFICATE', sequence(toBeSigned, ecdsaWithSha256, signature));
}

const newKeys = (): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

/**
 * A certificate for a server of these names, from an authority of its own. The authority's key is forgotten: nobody can
 * ever issue another certificate that its trust would cover.
 */
export function issueCertificate(dnsNames: readonly string[], validity: Validity): IssuedCertificate {
  const authority = newKeys();
  const server = newKeys();
  const commonName = `${dnsNames[0] ?? 'server'} ${randomBytes(4).toString('hex')}`;
  const issuer = { commonName, privateKey: authority.privateKey };
  return {
    authority: signCertificate(
      { commonName, publicKey: authority.publicKey, extensions: authorityExtensions },
      issuer,
      validity,
    ),
    certificate: signCertificate(
      {
        commonName: dnsNames[0] ?? 'server',
        publicKey: server.publicKey,
        extensions: serverExtensions(dnsNames),
      },
      issuer,
      validity,
    ),
    key: String(server.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}
