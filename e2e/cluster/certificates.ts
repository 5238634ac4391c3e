import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An authority of a cluster's own, in a folder of files. */
export interface Authority {
  /** The path of its certificate, PEM. */
  readonly certificate: string;
  /** Makes `name.crt` and `name.key` for these DNS names and addresses. */
  issue(name: string, subjects: readonly string[]): { readonly certificate: string; readonly key: string };
}

const openssl = (folder: string, ...args: string[]): Buffer =>
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const subjectName = (subject: string): string => `${/^[\d.]+$|:/.test(subject) ? 'IP' : 'DNS'}:${subject}`;

/** An authority that is good for a day. */
export function createAuthority(folder: string): Authority {
  openssl(
    folder,
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '1',
    '-subj',
    '/CN=aigw-e2e',
  );
  return {
    certificate: join(folder, 'ca.crt'),
    issue: (name, subjects) => {
      const extension = `${name}.ext`;
      writeFileSync(join(folder, extension), `subjectAltName=${subjects.map(subjectName).join(',')}\n`);
      openssl(
        folder,
        'req',
        ...newKey,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
        '-subj',
        `/CN=${name}`,
      );
      openssl(
        folder,
        ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
        ...['-out', `${name}.crt`, '-days', '1', '-extfile', extension],
      );
      return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
    },
  };
}

/** The key pair with which ServiceAccount tokens are signed. */
export function createSigningKeys(folder: string): {
  readonly privateKey: string;
  readonly publicKey: string;
} {
  openssl(folder, 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'sa.key');
  openssl(folder, 'ec', '-in', 'sa.key', '-pubout', '-out', 'sa.pub');
  return { privateKey: join(folder, 'sa.key'), publicKey: join(folder, 'sa.pub') };
}
