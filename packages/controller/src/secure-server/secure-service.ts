import type { Logger, Service } from '@aigw/service-runtime';
import type { Current } from '../webhook/certificates/current.ts';
import type { IssuedCertificate } from '../webhook/certificates/issue-certificate.ts';
import { createSecureServer, type RequestHandlers, type SecureServer } from './secure-server.ts';

/** What the HTTPS server of the controller is made with. */
export interface SecureServiceOptions {
  readonly logger: Logger;
  readonly port: number;
  /** Served once it is there, and each one that replaces it. */
  readonly certificate: Current<IssuedCertificate>;
  /** What it serves; asked for when it starts. */
  readonly handlers: () => Promise<RequestHandlers>;
}

/** The HTTPS server that the API server and the proxies call; every replica serves. */
export function createSecureService({ logger, port, certificate, handlers }: SecureServiceOptions): Service {
  let server: SecureServer | undefined;
  let unfollow = (): void => undefined;

  const listen = async (first: SecureServer): Promise<void> => {
    logger.info('webhook and configuration server are listening', { port: await first.listen(port) });
  };

  return {
    name: 'https',
    async start(fail) {
      const served = await handlers();
      let listening: Promise<void> | undefined;
      unfollow = certificate.follow((next) => {
        server?.setCertificate(next);
        if (server !== undefined) return;
        server = createSecureServer(next, served);
        listening = listen(server);
        listening.catch(fail);
      });
      await listening;
    },
    async stop() {
      unfollow();
      await server?.stop();
    },
  };
}
