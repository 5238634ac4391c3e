import { request } from 'node:https';
import { connect } from 'node:tls';
import { issueCertificate, type IssuedCertificate } from './certificates/issue-certificate.ts';
import { createSecureServer, type SecureServer } from '../secure-server/secure-server.ts';
import { createMutateHandler, type Reviewer } from './mutate-handler.ts';

const hour = 3_600_000;
const issue = (): IssuedCertificate =>
  issueCertificate(['localhost'], {
    notBefore: new Date(Date.now() - hour),
    notAfter: new Date(Date.now() + hour),
  });

let server: SecureServer;
let certificate: IssuedCertificate;
let port: number;
let isReady: boolean;

beforeEach(async () => {
  isReady = true;
  certificate = issue();
  const reviewer: Reviewer = {
    isReady: () => isReady,
    review: (review) => (review === undefined ? undefined : { got: review }),
  };
  server = createSecureServer(certificate, { '/mutate': createMutateHandler(reviewer) });
  port = await server.listen(0, '127.0.0.1');
});

afterEach(async () => {
  await server.stop();
});

function post(
  body: string,
  path = '/mutate',
  ca = certificate.authority,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      host: '127.0.0.1',
      port,
      path,
      ca,
      servername: 'localhost',
      agent: false,
    };
    const sent = request(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
      });
    });
    sent.once('error', reject).end(body);
  });
}

test('a client that trusts its authority is answered', async () => {
  expect(await post('{"a":1}', '/mutate?timeout=10s')).toEqual({ status: 200, body: { got: { a: 1 } } });
});

test.each([
  ['no JSON', '{', '/mutate', 400],
  ['more than any pod', JSON.stringify('x'.repeat(5_000_000)), '/mutate', 400],
  ['another path', '{}', '/', 404],
  ['a name that every object has', '{}', '/constructor', 404],
])('%s is refused', async (_what, body, path, status) => {
  expect((await post(body, path)).status).toBe(status);
});

test('until the cluster has been seen, the API server is to try again', async () => {
  isReady = false;
  expect((await post('{}')).status).toBe(503);
});

test('a renewed certificate is served without a restart', async () => {
  const next = issue();
  server.setCertificate(next);
  await expect(post('{}')).rejects.toThrow();
  expect((await post('{}', '/mutate', next.authority)).status).toBe(200);
});

test('old versions of TLS are refused', async () => {
  const error = await new Promise<Error>((resolve) => {
    connect({ host: '127.0.0.1', port, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }).once('error', resolve);
  });
  expect(error.message).toMatch(/protocol|version/i);
});
