import {
  create,
  EnvoyGatewayExtension,
  fromBinary,
  Health,
  HealthCheckRequestSchema,
  HealthCheckResponseSchema,
  PostTranslateModifyRequestSchema,
  PostTranslateModifyResponseSchema,
  toBinary,
} from '@aigw/envoy-proto/xds';
import { Client, credentials } from '@grpc/grpc-js';
import { readStampedRecording } from './__fixtures__/recorded-request.ts';
import { issueCertificate } from '../webhook/certificates/issue-certificate.ts';
import { createExtensionServer, type ExtensionServer } from './extension-server.ts';
import type { TranslationProblem } from './post-translate-modify.ts';

let server: ExtensionServer;
let client: Client;
let translations: (readonly TranslationProblem[])[];

beforeEach(async () => {
  translations = [];
  server = createExtensionServer({
    extprocSocket: '/run/extproc.sock',
    onTranslated: (problems) => translations.push(problems),
  });
  const port = await server.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
});

afterEach(async () => {
  client.close();
  await server.stop();
});

const asIs = (bytes: Buffer): Buffer => bytes;

function call(path: string, request: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asIs, asIs, Buffer.from(request), (error, answer) => {
      if (error === null && answer !== undefined) resolve(answer);
      else reject(error ?? new Error('no answer'));
    });
  });
}

const hook = (name: string): string => `/${EnvoyGatewayExtension.typeName}/${name}`;

test('a translation is changed and its problems are told', async () => {
  const request = readStampedRecording();
  const answer = await call(hook('PostTranslateModify'), toBinary(PostTranslateModifyRequestSchema, request));
  const { clusters } = fromBinary(PostTranslateModifyResponseSchema, answer);
  expect(clusters.map(({ name }) => name)).toContain('aigw-extproc');
  expect(translations).toEqual([[]]);
});

test.each(
  EnvoyGatewayExtension.methods.map(({ name }) => name).filter((name) => name !== 'PostTranslateModify'),
)('%s hands back what it was given', async (name) => {
  // Field 1 is the resource: a message with a field that nobody knows. Field 2 is context, which no answer has.
  const resource = [0x0a, 0x04, 0xfa, 0x3f, 0x01, 0x58];
  expect([...(await call(hook(name), Uint8Array.from([...resource, 0x12, 0x00])))]).toEqual(resource);
});

test('messages far above the limit of gRPC pass both ways', async () => {
  const request = readStampedRecording();
  const [cluster] = request.clusters;
  if (cluster === undefined) throw new Error('no cluster');
  const clusters = Array.from({ length: 5000 }, (_, index) => ({ ...cluster, name: `other/${index}` }));
  const bytes = toBinary(PostTranslateModifyRequestSchema, { ...request, clusters });
  expect(bytes.length).toBeGreaterThan(5 * 1024 * 1024);
  const answer = await call(hook('PostTranslateModify'), bytes);
  expect(answer.length).toBeGreaterThan(bytes.length);
});

test('a probe finds it serving', async () => {
  const request = toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema));
  const answer = await call(`/${Health.typeName}/Check`, request);
  expect(fromBinary(HealthCheckResponseSchema, answer).status).toBe(1);
});

test('with a certificate it speaks TLS, and nothing else', async () => {
  const now = Date.now();
  const issued = issueCertificate(['localhost'], {
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 60_000),
  });
  const secure = createExtensionServer({
    extprocSocket: '/run/extproc.sock',
    onTranslated: () => undefined,
    tls: { certificate: Buffer.from(issued.certificate), key: Buffer.from(issued.key) },
  });
  const port = await secure.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  client.close();
  client = new Client(`localhost:${port}`, credentials.createSsl(Buffer.from(issued.authority)));
  const request = toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema));
  expect(await call(`/${Health.typeName}/Check`, request)).toHaveLength(2);
  client.close();
  client = new Client(`localhost:${port}`, credentials.createInsecure());
  await expect(call(`/${Health.typeName}/Check`, request)).rejects.toThrow();
  await secure.stop();
});
