import type { Logger, Service } from '@aigw/service-runtime';
import type { ApiClient } from '../kube/api-client.ts';
import { publishAuthority } from './ca-bundle.ts';
import { ensureCertificate } from './certificates/certificate-secret.ts';
import type { IssuedCertificate } from './certificates/issue-certificate.ts';
import { type FindSidecar, reviewPod } from './review.ts';
import type { SidecarDefaults } from './sidecar-container.ts';
import { createWebhookServer, type WebhookServer } from './webhook-server.ts';

/** What the webhook is made with. */
export interface WebhookOptions {
  readonly client: ApiClient;
  readonly logger: Logger;
  readonly port: number;
  /** The namespace and the name of the Service by which the API server calls it. */
  readonly service: { readonly namespace: string; readonly name: string };
  /** The MutatingWebhookConfiguration that is told which certificates to trust. */
  readonly configurationName: string;
  /** The Secret that holds the certificate for all replicas, in the Service's namespace. */
  readonly certificateSecret: string;
  /** Whether the cluster has been seen; until then the API server is asked to try again. */
  readonly isReady: () => boolean;
  readonly findSidecar: FindSidecar;
  /** Whether containers that outlive the others are known is asked of the API server. */
  readonly defaults: Omit<SidecarDefaults, 'isNative'>;
}

/** How often certificate and trust are looked at; both are written only when they have to be. */
const checkEveryMs = 60_000;

/** `svc.ns.svc` is what the API server asks for. */
const dnsNames = ({ service: { namespace, name } }: WebhookOptions): string[] => [
  `${name}.${namespace}.svc`,
  `${name}.${namespace}.svc.cluster.local`,
];

async function prepareCertificate(options: WebhookOptions): Promise<IssuedCertificate> {
  const { client, service, certificateSecret, configurationName, logger } = options;
  const place = {
    client,
    namespace: service.namespace,
    name: certificateSecret,
    dnsNames: dnsNames(options),
  };
  const certificate = await ensureCertificate({ ...place, now: () => new Date() });
  if (await publishAuthority(client, configurationName, certificate.authority)) {
    logger.info('the API server has been told which certificate to trust', {
      configuration: configurationName,
    });
  }
  return certificate;
}

/** Containers with `restartPolicy: Always` that start before the others: on by default from 1.29. */
async function knowsNativeSidecars(client: ApiClient): Promise<boolean> {
  const { major, minor } = (await client.request({ method: 'GET', path: '/version' })) as Record<
    string,
    string
  >;
  // Some services write `29+`.
  return Number(major) > 1 || Number.parseInt(minor ?? '', 10) >= 29;
}

/**
 * Gives the proxies of Gateways with AI routes their sidecar when they are created. It makes its own certificate, renews
 * it, and tells the API server; every replica serves.
 */
export function createWebhookService(options: WebhookOptions): Service {
  const { client, findSidecar, logger, port, isReady } = options;
  let server: WebhookServer | undefined;
  let timer: NodeJS.Timeout | undefined;
  const check = async (): Promise<void> => {
    try {
      server?.setCertificate(await prepareCertificate(options));
    } catch (error) {
      logger.warn('the certificate of the webhook could not be checked', { error: String(error) });
    }
  };
  return {
    name: 'webhook',
    async start() {
      const defaults = { ...options.defaults, isNative: await knowsNativeSidecars(client) };
      const certificate = await prepareCertificate(options);
      server = createWebhookServer(certificate, {
        isReady,
        review: (review) => reviewPod(review, findSidecar, defaults),
      });
      logger.info('webhook is listening', { port: await server.listen(port) });
      timer = setInterval(() => void check(), checkEveryMs);
    },
    async stop() {
      clearInterval(timer);
      await server?.stop();
    },
  };
}
