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
import { type ChannelCredentials, Client, credentials } from '@grpc/grpc-js';
import { readStampedRecording } from './__fixtures__/recorded-request.ts';
import { issueCertificate, type IssuedCertificate } from '../webhook/certificates/issue-certificate.ts';
import { createCurrent, type SettableCurrent } from '../webhook/certificates/current.ts';
import { createSurroundings } from './__fixtures__/translate.ts';
import { createClientCertificate } from './__fixtures__/client-certificate.ts';
import type { ExtensionTls } from './credentials.ts';
import { createExtensionServer, type ExtensionServer, type Translation } from './extension-server.ts';

let server: ExtensionServer;
let client: Client;
let translations: Translation[];

beforeEach(async () => {
  translations = [];
  server = createExtensionServer({
    extprocSocket: '/run/extproc.sock',
    around: createSurroundings(),
    onTranslated: (translation) => translations.push(translation),
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
  expect(translations).toMatchObject([{ problems: [], routes: expect.any(Array) as unknown }]);
});

test('a translation tells of each of our routes, behind which Gateway it is, and which version it was', async () => {
  const request = toBinary(PostTranslateModifyRequestSchema, readStampedRecording());
  await call(hook('PostTranslateModify'), request);
  const routes = translations[0]?.routes ?? [];
  expect(routes.map(({ route }) => route)).toEqual([
    'default/envoy-ai-gateway-basic',
    'default/envoy-ai-gateway-basic-aws',
    'default/envoy-ai-gateway-basic-aws-bedrock-anthropic',
    'default/extra',
    'default/extra2',
  ]);
  for (const { route, gateways, stampText, problems } of routes) {
    expect(gateways).toEqual(['default/envoy-ai-gateway-basic']);
    expect(JSON.parse(stampText)).toMatchObject({ route });
    expect(problems).toEqual([]);
  }
});

test('Envoy Gateway gets its answer whatever becomes of the report', async () => {
  const fragile = createExtensionServer({
    extprocSocket: '/run/extproc.sock',
    around: createSurroundings(),
    onTranslated: () => {
      throw new Error('lost');
    },
  });
  const port = await fragile.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  client.close();
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const request = toBinary(PostTranslateModifyRequestSchema, readStampedRecording());
  expect(await call(hook('PostTranslateModify'), request)).not.toHaveLength(0);
  await fragile.stop();
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

describe('over TLS', () => {
  const issue = (): IssuedCertificate =>
    issueCertificate(['localhost'], {
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 60_000),
    });
  const healthRequest = toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema));
  const check = (): Promise<Buffer> => call(`/${Health.typeName}/Check`, healthRequest);
  let certificate: SettableCurrent<IssuedCertificate>;
  let secure: ExtensionServer;
  let securePort: number;

  const listen = async (tls?: Partial<ExtensionTls>): Promise<void> => {
    secure = createExtensionServer({
      extprocSocket: '/run/extproc.sock',
      around: createSurroundings(),
      onTranslated: () => undefined,
      tls: { certificate, ...tls },
    });
    securePort = await secure.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  };
  const connect = (given: ChannelCredentials): void => {
    client.close();
    client = new Client(`localhost:${securePort}`, given);
  };
  const trust = (authority: string): ChannelCredentials => credentials.createSsl(Buffer.from(authority));

  beforeEach(() => {
    certificate = createCurrent<IssuedCertificate>((left, right) => left === right);
  });

  afterEach(async () => {
    await secure.stop(0);
  });

  test('a translation passes, and nothing passes in plain text', async () => {
    const issued = issue();
    certificate.set(issued);
    await listen();
    connect(trust(issued.authority));
    const request = toBinary(PostTranslateModifyRequestSchema, readStampedRecording());
    const answer = await call(hook('PostTranslateModify'), request);
    const { clusters } = fromBinary(PostTranslateModifyResponseSchema, answer);
    expect(clusters.map(({ name }) => name)).toContain('aigw-extproc');
    connect(credentials.createInsecure());
    await expect(check()).rejects.toThrow();
  });

  test('without a certificate nobody is served, and with the first one everybody', async () => {
    await listen();
    const issued = issue();
    connect(trust(issued.authority));
    await expect(check()).rejects.toThrow();
    certificate.set(issued);
    connect(trust(issued.authority));
    expect(await check()).toHaveLength(2);
  });

  test('a renewed certificate is shown to new connections, and running ones go on', async () => {
    const [first, second] = [issue(), issue()];
    certificate.set(first);
    await listen();
    connect(trust(first.authority));
    await check();
    certificate.set(second);
    expect(await check()).toHaveLength(2);
    connect(trust(first.authority));
    await expect(check()).rejects.toThrow();
    connect(trust(second.authority));
    expect(await check()).toHaveLength(2);
  });

  test('with an authority of clients, who shows no certificate of it is refused; a new authority counts at once', async () => {
    const issued = issue();
    certificate.set(issued);
    const [ours, others] = [createClientCertificate(), createClientCertificate()];
    const clientAuthority = createCurrent<string>((left, right) => left === right);
    clientAuthority.set(String(ours.certificate));
    await listen({ clientAuthority });
    const connectAs = ({ certificate: chain, key }: typeof ours): void => {
      connect(credentials.createSsl(Buffer.from(issued.authority), key, chain));
    };
    connect(trust(issued.authority));
    await expect(check()).rejects.toThrow();
    connectAs(others);
    await expect(check()).rejects.toThrow();
    connectAs(ours);
    expect(await check()).toHaveLength(2);
    clientAuthority.set(String(others.certificate));
    connectAs(others);
    expect(await check()).toHaveLength(2);
  });
});

test('without a host it listens on every interface', async () => {
  const everywhere = createExtensionServer({
    extprocSocket: '/run/extproc.sock',
    around: createSurroundings(),
    onTranslated: () => undefined,
  });
  const port = await everywhere.listen({ kind: 'tcp', host: '', port: 0 });
  const other = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    await new Promise<void>((resolve, reject) => {
      other.waitForReady(Date.now() + 5_000, (error) => (error === undefined ? resolve() : reject(error)));
    });
  } finally {
    other.close();
    await everywhere.stop();
  }
});
