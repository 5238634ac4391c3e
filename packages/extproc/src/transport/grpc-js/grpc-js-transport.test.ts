import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  create,
  fromBinary,
  HealthCheckRequestSchema,
  HealthCheckResponseSchema,
  toBinary,
} from '@aigw/envoy-proto';
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  Client,
  credentials,
  Server,
} from '@grpc/grpc-js';
import type { OpenStream, Transport } from '../transport.ts';
import { createGrpcJsTransport } from './grpc-js-transport.ts';
import { applyHttp2Options, findNodeProblem, flowControlWindow } from './server-options.ts';

const method = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';
const identity = (bytes: Buffer): Buffer => bytes;
const echo: OpenStream = (stream) => ({
  onMessage: (message) => void stream.send(message),
  onHalfClose: () => stream.end(),
  onCancel: () => undefined,
  onDrain: () => undefined,
});

type Call = ClientDuplexStream<Buffer, Buffer>;

let folder: string;
let path: string;
const transports: Transport[] = [];
const clients: Client[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'transport-'));
  path = join(folder, 'extproc.sock');
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const transport of transports.splice(0)) await transport.drain(AbortSignal.abort());
  rmSync(folder, { recursive: true });
});

async function start(openStream: OpenStream = echo): Promise<Transport> {
  const transport = createGrpcJsTransport({ openStream });
  await transport.listen({ kind: 'unix', path });
  transports.push(transport);
  return transport;
}

function connect(target = `unix:${path}`): Client {
  const unlimited = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
  // Every test talks to its own server: a shared subchannel would remember another one's.
  const client = new Client(target, credentials.createInsecure(), {
    ...unlimited,
    'grpc.use_local_subchannel_pool': 1,
  });
  clients.push(client);
  return client;
}

function openCall(client: Client): Call {
  const call = client.makeBidiStreamRequest(method, identity, identity);
  call.on('error', () => undefined);
  return call;
}

function nextMessage(call: Call | ClientReadableStream<Buffer>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    call.once('data', resolve);
    call.once('error', reject);
  });
}

function ask(client: Client, name: 'Check' | 'List', service = ''): Promise<Buffer> {
  const request = Buffer.from(
    toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service })),
  );
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/grpc.health.v1.Health/${name}`,
      identity,
      identity,
      request,
      (error, answer) => {
        if (error === null && answer !== undefined) resolve(answer);
        else reject(error ?? new Error('no answer'));
      },
    );
  });
}

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const statusOf = (bytes: Buffer): number => fromBinary(HealthCheckResponseSchema, bytes).status;

describe('server options', () => {
  it('find the private field of grpc-js, without which connections are lost under load', () => {
    const server = new Server();
    applyHttp2Options(server);
    expect(Reflect.get(server, 'commonServerOptions')).toMatchObject({
      streamResetBurst: 1_000_000_000,
      streamResetRate: 1_000_000_000,
      settings: { initialWindowSize: flowControlWindow, maxFrameSize: 1_048_576 },
    });
  });

  it('refuse a grpc-js that has moved it', () => {
    const server = new Server();
    Reflect.deleteProperty(server, 'commonServerOptions');
    expect(() => applyHttp2Options(server)).toThrow(/grpc-js hides/);
  });

  it.each([
    ['20.20.2', false],
    ['22.21.9', false],
    ['22.22.0', true],
    ['24.0.0', true],
    ['23.1.0', true],
  ])('Node %s: %s', (version, isEnough) => {
    expect(findNodeProblem(version) === undefined).toBe(isEnough);
  });
});

describe('grpc-js transport', () => {
  it('keeps one connection through thousands of cancelled streams', async () => {
    const sessions = new Set<unknown>();
    await start((stream) => ({ ...echo(stream), onCancel: () => void sessions.add(stream) }));
    const client = connect();
    // The guard would let about 1,000 pass.
    const count = 1500;
    for (let index = 0; index < count; index += 50) {
      const batch = Array.from({ length: 50 }, async () => {
        const call = openCall(client);
        call.write(Buffer.from('x'));
        await nextMessage(call);
        call.cancel();
      });
      await Promise.all(batch);
    }
    const call = openCall(client);
    call.write(Buffer.from('still here'));
    expect((await nextMessage(call)).toString()).toBe('still here');
    expect(sessions.size).toBe(count);
  }, 30_000);

  it('passes a message of 49 MiB both ways', async () => {
    await start();
    const call = openCall(connect());
    const message = Buffer.alloc(49 * 1024 * 1024, 'a');
    call.write(message);
    expect((await nextMessage(call)).equals(message)).toBe(true);
  });

  it('listens on TCP, on a port that it reports', async () => {
    const transport = createGrpcJsTransport({ openStream: echo });
    transports.push(transport);
    const address = await transport.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
    if (address.kind !== 'tcp') throw new Error('expected TCP');
    const call = openCall(connect(`127.0.0.1:${address.port}`));
    call.write(Buffer.from('x'));
    expect((await nextMessage(call)).toString()).toBe('x');
  });

  it('ends the call when the handler does, and tells a failure', async () => {
    await start((stream) => ({
      ...echo(stream),
      onMessage: (message) => (Buffer.from(message).toString() === 'bad' ? stream.fail('why') : stream.end()),
    }));
    const client = connect();
    const outcome = (text: string): Promise<string> =>
      new Promise((resolve) => {
        const call = openCall(client);
        call.on('status', ({ code, details }) => resolve(`${code} ${details}`));
        call.on('data', () => undefined);
        call.write(Buffer.from(text));
      });
    expect(await outcome('good')).toBe('0 OK');
    expect(await outcome('bad')).toBe('13 why');
  });

  it('reports health: check, list, watch, unknown names', async () => {
    const transport = await start();
    const client = connect();
    expect(statusOf(await ask(client, 'Check'))).toBe(2);
    const watch = client.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      identity,
      identity,
      Buffer.alloc(0),
    );
    watch.on('error', () => undefined);
    expect(statusOf(await nextMessage(watch))).toBe(2);
    transport.setServing(true);
    expect(statusOf(await nextMessage(watch))).toBe(1);
    expect(statusOf(await ask(client, 'Check', 'extproc'))).toBe(1);
    expect((await ask(client, 'List')).toString()).toContain('extproc');
    await expect(ask(client, 'Check', 'nobody')).rejects.toMatchObject({ code: 5 });
    watch.cancel();
  });

  it('lets a running stream finish when it drains, and refuses new connections', async () => {
    const transport = await start();
    const call = openCall(connect());
    call.write(Buffer.from('1'));
    await nextMessage(call);
    const drained = transport.drain(new AbortController().signal);
    call.write(Buffer.from('2'));
    expect((await nextMessage(call)).toString()).toBe('2');
    await waitUntil(() => !existsSync(path));
    call.end();
    call.resume();
    await drained;
    expect(readdirSync(folder)).toEqual([]);
  });

  it('cuts what runs when the deadline comes', async () => {
    const transport = await start();
    const call = openCall(connect());
    call.write(Buffer.from('1'));
    await nextMessage(call);
    const over = new Promise((resolve) => call.once('status', resolve));
    const deadline = new AbortController();
    const drained = transport.drain(deadline.signal);
    deadline.abort();
    await drained;
    await over;
  });

  it('takes over a path from a running process, whose end leaves the new socket alone', async () => {
    const first = await start();
    const old = openCall(connect());
    old.write(Buffer.from('old'));
    await nextMessage(old);
    await start();
    const { ino } = lstatSync(path);
    const drained = first.drain(new AbortController().signal);
    old.end();
    old.resume();
    await drained;
    expect(lstatSync(path).ino).toBe(ino);
    const call = openCall(connect());
    call.write(Buffer.from('new'));
    expect((await nextMessage(call)).toString()).toBe('new');
  });

  it('does not replace a file that is no socket', async () => {
    writeFileSync(path, 'precious');
    await expect(createGrpcJsTransport({ openStream: echo }).listen({ kind: 'unix', path })).rejects.toThrow(
      'is not a socket',
    );
  });

  it('lets the group connect', async () => {
    await start();
    expect(lstatSync(path).mode & 0o777).toBe(0o775);
  });
});
