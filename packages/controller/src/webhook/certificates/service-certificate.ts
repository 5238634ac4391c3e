import type { Sha256Hex } from '@aigw/planner';
import type { Logger } from '@aigw/service-runtime';
import type { ControllerFlags } from '../../flags.ts';
import { authoritySecretOf, certificateSecretOf, webhookConfigurationOf } from '../../installation/names.ts';
import type { ApiClient } from '../../kube/api-client.ts';
import { publishAuthority } from '../ca-bundle.ts';
import { type CertificateKeeper, createCertificateKeeper } from './certificate-keeper.ts';
import { publishAuthoritySecret } from './publish-authority-secret.ts';

/** What the certificate of the controller's Service is made with. */
export interface ServiceCertificateOptions {
  readonly client: ApiClient;
  readonly logger: Logger;
  readonly flags: ControllerFlags;
  /** The namespace of the controller. */
  readonly namespace: string;
  readonly sha256Hex: Sha256Hex;
}

type Publish = (authority: string) => Promise<void>;

function toApiServer({ client, logger, flags, namespace }: ServiceCertificateOptions): Publish {
  const configuration = webhookConfigurationOf(flags, namespace);
  return async (authority) => {
    if (!(await publishAuthority(client, configuration, authority))) return;
    logger.info('the API server has been told which certificate to trust', { configuration });
  };
}

function toEnvoyGateway({ client, logger, flags, sha256Hex }: ServiceCertificateOptions): Publish {
  const place = {
    client,
    sha256Hex,
    namespace: flags.envoyGatewayNamespace,
    name: authoritySecretOf(flags),
  };
  return async (authority) => {
    if (!(await publishAuthoritySecret(place, authority))) return;
    logger.info('Envoy Gateway has been told which certificate to trust', { name: place.name });
  };
}

/** One certificate for the webhook and the extension server; who makes it, and who is told of it, is in the flags. */
export function createServiceCertificate(options: ServiceCertificateOptions): CertificateKeeper {
  const { client, logger, flags, namespace } = options;
  const { serviceName, certificateSource, isExtensionTls } = flags;
  return createCertificateKeeper({
    client,
    logger,
    namespace,
    secretName: certificateSecretOf(flags),
    // The API server asks for the first name, Envoy Gateway for the one that its configuration has.
    dnsNames: [`${serviceName}.${namespace}.svc`, `${serviceName}.${namespace}.svc.cluster.local`],
    source: certificateSource,
    publishTrust: [
      // Whoever makes the certificate tells the API server.
      ...(certificateSource === 'self' ? [toApiServer(options)] : []),
      ...(isExtensionTls ? [toEnvoyGateway(options)] : []),
    ],
  });
}
