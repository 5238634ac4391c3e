import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { createQuietLogger } from '../__fixtures__/quiet-logger.ts';
import { createCurrent } from '../webhook/certificates/current.ts';
import { issueCertificate, type IssuedCertificate } from '../webhook/certificates/issue-certificate.ts';
import { createSecureService } from './secure-service.ts';

const issue = (): IssuedCertificate =>
  issueCertificate(['localhost'], {
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Resolves when a client that trusts the authority is answered. */
const reach = (port: number, { authority }: IssuedCertificate): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: 'localhost', ca: authority }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });

test('it listens from the first certificate on, and shows each new one; without one it starts all the same', async () => {
  const certificate = createCurrent<IssuedCertificate>((left, right) => left === right);
  const [port, first, second] = [await freePort(), issue(), issue()];
  const service = createSecureService({
    logger: createQuietLogger(),
    port,
    certificate,
    handlers: () => Promise.resolve({}),
  });
  const failures: unknown[] = [];
  await service.start((error) => failures.push(error));
  await expect(reach(port, first)).rejects.toThrow();
  certificate.set(first);
  await reach(port, first);
  certificate.set(second);
  await expect(reach(port, first)).rejects.toThrow();
  await reach(port, second);
  await service.stop(new AbortController().signal);
  expect(failures).toEqual([]);
});
