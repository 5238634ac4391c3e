import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics, type Service } from '@aigw/service-runtime';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import {
  bodyMessage,
  createTestLogger,
  decodeAnswer,
  encodeRequest,
  headersMessage,
} from './__fixtures__/envoy.ts';
import { attemptHeaders, clientHeaders } from './__fixtures__/gateway.ts';
import { parseExtprocFlags } from './flags.ts';
import { createExtprocServices } from './server.ts';

const config = `
version: dev
backends:
- name: b1
  modelNameOverride: ""
  schema: {name: OpenAI, prefix: v1}
  auth: {apiKey: {key: sk-test}}
models:
- {Name: m1, OwnedBy: me, CreatedAt: "2026-01-01T00:00:00Z"}
`;

type Call = ClientDuplexStream<Buffer, Buffer>;
const identity = (bytes: Buffer): Buffer => bytes;

let folder: string;
let services: Service[];
let client: Client;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'extproc-'));
  writeFileSync(join(folder, 'config.yaml'), config);
  const parsed = parseExtprocFlags([
    ...['-configPath', join(folder, 'config.yaml')],
    ...['-extProcAddr', `unix://${join(folder, 'extproc.sock')}`],
    ...['-adminAddr', `unix://${join(folder, 'admin.sock')}`],
    ...['-mcpAddr', ':9856'],
  ]);
  if (parsed.kind !== 'flags') throw new Error(JSON.stringify(parsed));
  services = createExtprocServices({
    flags: parsed.flags,
    logger: createTestLogger(),
    metrics: createMetrics(),
  });
  for (const service of services) {
    await service.start((error) => {
      throw error;
    });
  }
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  client = new Client(`unix:${join(folder, 'extproc.sock')}`, credentials.createInsecure(), options);
});

afterEach(async () => {
  client.close();
  for (const service of services.toReversed()) await service.stop(AbortSignal.abort());
  rmSync(folder, { recursive: true });
});

function openCall(): Call {
  const call = client.makeBidiStreamRequest(
    '/envoy.service.ext_proc.v3.ExternalProcessor/Process',
    identity,
    identity,
  );
  call.on('error', () => undefined);
  return call;
}

function exchange(
  call: Call,
  message: Parameters<typeof encodeRequest>[0],
): Promise<ReturnType<typeof decodeAnswer>> {
  return new Promise((resolve) => {
    call.once('data', (bytes: Buffer) => resolve(decodeAnswer(bytes)));
    call.write(encodeRequest(message));
  });
}

function getAdmin(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const ask = request({ socketPath: join(folder, 'admin.sock'), path }, (response) => {
      let body = '';
      response.on('data', (piece: Buffer) => (body += piece.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    ask.on('error', reject);
    ask.end();
  });
}

describe('extproc services', () => {
  it('carry a request from its headers to the end of its response', async () => {
    const router = openCall();
    const headers = clientHeaders('/v1/chat/completions');
    const first = await exchange(router, headersMessage('requestHeaders', headers));
    const second = await exchange(router, bodyMessage('requestBody', '{"model":"m1","messages":[]}'));
    const attempt = openCall();
    const sent = await exchange(attempt, attemptHeaders('b1', { ...headers, ...first.set, ...second.set }));
    expect(sent.set).toMatchObject({ authorization: 'Bearer sk-test', ':path': '/v1/chat/completions' });
    attempt.cancel();
    await exchange(
      router,
      headersMessage('responseHeaders', { ':status': '200', 'content-type': 'application/json' }),
    );
    const last = await exchange(
      router,
      bodyMessage('responseBody', '{"object":"chat.completion","usage":{"total_tokens":1}}'),
    );
    expect(last.kind).toBe('responseBody');
    router.cancel();
  });

  it('list the configured models', async () => {
    const headers = clientHeaders('/v1/models', { ':method': 'GET' });
    const answer = await exchange(
      openCall(),
      headersMessage('requestHeaders', headers, { endOfStream: true }),
    );
    expect(JSON.parse(answer.body!).data).toEqual([expect.objectContaining({ id: 'm1', owned_by: 'me' })]);
  });

  it('serve health and metrics, until they drain', async () => {
    expect(await getAdmin('/health')).toEqual({ status: 200, body: 'OK\n' });
    expect((await getAdmin('/metrics')).body).toContain('aigw_config_generation 1');
    await services.at(-1)!.stop(new AbortController().signal);
    expect((await getAdmin('/health')).status).toBe(500);
    expect(readdirSync(folder).sort()).toEqual(['admin.sock', 'config.yaml']);
  });
});
