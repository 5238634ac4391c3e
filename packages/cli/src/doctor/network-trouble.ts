import { codeOf } from '../errors.ts';
import type { Trouble } from './finding.ts';
import { firstLineOf } from './run-check.ts';

type Describe = (where: string) => Trouble;

const dns: Describe = (where) => ({
  message: `the name ${where.replace(/:\d+$/, '')} cannot be resolved`,
  fix: 'check that this machine has a network and DNS, and the spelling of the host; a private name needs its VPC',
});
const untrusted: Describe = (where) => ({
  message: `the certificate of ${where} is not signed by anybody who is trusted`,
  fix: "behind a proxy that inspects TLS, add its certificate to the system's, or name a bundle with SSL_CERT_FILE; for a private server, caCertificateRefs in its BackendTLSPolicy",
});
const unreachable: Describe = (where) => ({
  message: `${where} does not answer`,
  fix: 'check the network: firewall, security group, VPC endpoint; Envoy connects directly and uses no HTTPS_PROXY',
});

const byCode: Readonly<Record<string, Describe>> = {
  ENOTFOUND: dns,
  EAI_AGAIN: dns,
  EAI_FAIL: dns,
  ECONNREFUSED: (where) => ({
    message: `nothing listens on ${where}`,
    fix: 'start the server there, or correct the host and port of the Backend',
  }),
  ENOENT: (where) => ({
    message: `there is no socket ${where}`,
    fix: 'start the server, or correct the path',
  }),
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ECONNRESET: (where) => ({
    message: `${where} cuts the connection`,
    fix: 'a server that speaks TLS needs a BackendTLSPolicy; otherwise look at firewalls on the way',
  }),
  EPROTO: (where) => ({
    message: `${where} does not speak TLS`,
    fix: 'remove the BackendTLSPolicy, or correct the port',
  }),
  ERR_SSL_WRONG_VERSION_NUMBER: (where) => ({
    message: `${where} does not speak TLS`,
    fix: 'remove the BackendTLSPolicy, or correct the port',
  }),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: (where) => ({
    message: `${where} does not speak TLS`,
    fix: 'remove the BackendTLSPolicy, or correct the port',
  }),
  HPE_INVALID_CONSTANT: (where) => ({
    message: `${where} does not speak HTTP`,
    fix: 'a server that speaks TLS needs a BackendTLSPolicy; otherwise correct the port',
  }),
  CERT_HAS_EXPIRED: (where) => ({
    message: `the certificate of ${where} has expired`,
    fix: "renew it there; when it is a public provider's, this machine's clock is wrong",
  }),
  ERR_TLS_CERT_ALTNAME_INVALID: (where) => ({
    message: `the certificate of ${where} is for another name`,
    fix: "set validation.hostname of the BackendTLSPolicy to the server's name",
  }),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
};

/** Why a server could not be asked, and what to do. `where` is what was connected to. */
export function describeNetworkFailure(thrown: unknown, where: string): Trouble {
  const describe = byCode[codeOf(thrown) ?? ''];
  return describe?.(where) ?? { message: `${where}: ${firstLineOf(thrown)}`, fix: unreachable(where).fix };
}
