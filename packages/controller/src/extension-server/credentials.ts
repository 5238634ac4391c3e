import { experimental, ServerCredentials } from '@grpc/grpc-js';
import type { Current } from '../webhook/certificates/current.ts';

/** A server's certificate with its key, in PEM. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a server speaks TLS with. New connections get what was given last; running ones stay. */
export interface ExtensionTls {
  readonly certificate: Current<ServerCertificate>;
  /** In PEM, who has signed the certificates that clients must show; absent: none is asked for. */
  readonly clientAuthority?: Current<string>;
}

type Provider = experimental.CertificateProvider;

const nothing = (): void => undefined;

/** Listeners of grpc-js are added before what they tell is listened to: what is there already comes a moment later. */
function follow<Value>(current: Current<Value>, listener: (value: Value) => void): void {
  queueMicrotask(() => current.follow(listener));
}

/** Listeners live as long as the server, which lives as long as the process. */
function identityProvider(certificate: ExtensionTls['certificate']): Provider {
  return {
    addIdentityCertificateListener: (listener) => {
      follow(certificate, ({ certificate: chain, key }) => {
        listener({ certificate: Buffer.from(chain), privateKey: Buffer.from(key) });
      });
    },
    removeIdentityCertificateListener: nothing,
    addCaCertificateListener: nothing,
    removeCaCertificateListener: nothing,
  };
}

function authorityProvider(authority: Current<string>): Provider {
  return {
    addCaCertificateListener: (listener) => {
      follow(authority, (bundle) => listener({ caCertificate: Buffer.from(bundle) }));
    },
    removeCaCertificateListener: nothing,
    addIdentityCertificateListener: nothing,
    removeIdentityCertificateListener: nothing,
  };
}

/** Plain text without TLS. Until both the certificate and the authority of clients are there, connections are dropped. */
export function createExtensionCredentials(tls: ExtensionTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { certificate, clientAuthority } = tls;
  const authority = clientAuthority === undefined ? null : authorityProvider(clientAuthority);
  return experimental.createCertificateProviderServerCredentials(
    // The types of grpc-js name its two providers the wrong way round.
    identityProvider(certificate),
    authority,
    clientAuthority !== undefined,
  );
}
