import type { Logger, Service } from '@aigw/service-runtime';
import { createSecureContext } from 'node:tls';
import type { ApiClient } from '../../kube/api-client.ts';
import { ensureCertificate } from './certificate-secret.ts';
import { createCurrent, type Current } from './current.ts';
import { followSecret, type SecretTexts } from './follow-secret.ts';
import type { IssuedCertificate } from './issue-certificate.ts';

/** What the certificate of the controller's Service is kept with. */
export interface CertificateOptions {
  readonly client: ApiClient;
  readonly logger: Logger;
  /** The namespace of the controller, and the name there of the Secret that holds the certificate for all replicas. */
  readonly namespace: string;
  readonly secretName: string;
  readonly dnsNames: readonly string[];
  /** `self`: it is made and renewed here; `secret`: somebody else, such as cert-manager, writes the Secret. */
  readonly source: 'self' | 'secret';
  /** Tell those who call us which authorities (PEM) to trust; each writes only what differs. */
  readonly publishTrust: readonly ((authority: string) => Promise<void>)[];
}

/** The certificate that every replica serves; it is followed from when there is one. */
export type CertificateKeeper = Service & Current<IssuedCertificate>;

/** How often certificate and trust are looked at. */
const checkEveryMs = 60_000;

/** How often a check begins anew when another replica has written meanwhile; one renewal is one round. */
const maxRounds = 3;

const isSame = (left: IssuedCertificate, right: IssuedCertificate): boolean =>
  left.certificate === right.certificate && left.key === right.key && left.authority === right.authority;

/** Trusts the authority before anything that it has signed is shown. */
async function publish({ publishTrust }: CertificateOptions, authority: string): Promise<void> {
  for (const tell of publishTrust) await tell(authority);
}

/** Made here when there is none, renewed before it ends. */
function createOwnCertificate(options: CertificateOptions): CertificateKeeper {
  const { client, logger, namespace, secretName: name, dnsNames } = options;
  const current = createCurrent(isSame);
  let timer: NodeJS.Timeout | undefined;
  const ensure = (): Promise<IssuedCertificate> =>
    ensureCertificate({ client, namespace, name, dnsNames, now: () => new Date() });
  /** Another replica may have renewed and published since we looked: ours would then be the last word. */
  const check = async (): Promise<void> => {
    let certificate = await ensure();
    for (let round = 0; round < maxRounds; round += 1) {
      await publish(options, certificate.authority);
      const latest = await ensure();
      if (isSame(latest, certificate)) break;
      certificate = latest;
    }
    current.set(certificate);
  };
  const checkAgain = (): void => {
    check().catch((error: unknown) => {
      logger.warn('the certificate could not be checked', { error: String(error) });
    });
  };
  return {
    name: 'certificate',
    follow: (listener) => current.follow(listener),
    async start() {
      await check();
      timer = setInterval(checkAgain, checkEveryMs);
    },
    stop() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

/** @throws Error for what no server can use */
function parseCertificate(texts: SecretTexts): IssuedCertificate {
  const { 'tls.crt': certificate = '', 'tls.key': key = '', 'ca.crt': authority = '' } = texts;
  if (certificate === '' || key === '') throw new Error('tls.crt or tls.key is missing');
  createSecureContext({ cert: certificate, key });
  // An issuer that is known everywhere names no authority.
  return { certificate, key, authority: authority === '' ? certificate : authority };
}

/** Written by somebody else; served as soon as it is there, and anew as soon as it changes. */
function createGivenCertificate(options: CertificateOptions): CertificateKeeper {
  const { client, logger, namespace, secretName: name } = options;
  const current = createCurrent(isSame);
  let timer: NodeJS.Timeout | undefined;
  let serving = Promise.resolve();
  const tryToPublish = async ({ authority }: IssuedCertificate): Promise<void> => {
    try {
      await publish(options, authority);
    } catch (error) {
      logger.warn('who calls us could not be told which authority to trust', { error: String(error) });
    }
  };
  /** One after the other: the last word is the latest. */
  const publishAgain = async (): Promise<void> => {
    if (current.value !== undefined) await tryToPublish(current.value);
  };
  const use = (texts: SecretTexts): void => {
    try {
      const certificate = parseCertificate(texts);
      serving = serving.then(() => tryToPublish(certificate)).then(() => current.set(certificate));
      logger.info('a certificate has been read', { namespace, name });
    } catch (error) {
      logger.warn('a certificate cannot be used', { namespace, name, error: String(error) });
    }
  };
  const follower = followSecret({ client, logger, namespace, name }, use);
  return {
    name: 'certificate',
    follow: (listener) => current.follow(listener),
    start() {
      follower.start();
      timer = setInterval(() => {
        serving = serving.then(publishAgain);
      }, checkEveryMs);
      return Promise.resolve();
    },
    async stop() {
      clearInterval(timer);
      await follower.stop();
      await serving;
    },
  };
}

/** The certificate of our Service: one for the webhook and the extension server. */
export function createCertificateKeeper(options: CertificateOptions): CertificateKeeper {
  return options.source === 'self' ? createOwnCertificate(options) : createGivenCertificate(options);
}
