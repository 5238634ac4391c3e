import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdminServer, createAdminServer } from './admin-server.ts';
import type { ListenAddress } from './listen-address.ts';

let server: AdminServer | undefined;
afterEach(() => server?.stop(AbortSignal.abort()));

const tcp: ListenAddress = { kind: 'tcp', host: '127.0.0.1', port: 0 };

async function start(options: Partial<Parameters<typeof createAdminServer>[0]> = {}): Promise<string> {
  server = createAdminServer({
    address: tcp,
    isHealthy: () => true,
    metrics: () => Promise.resolve('aigw_up 1\n'),
    ...options,
  });
  await server.start(() => undefined);
  return `http://${server.address()}`;
}

test('health and metrics answer as probes and Prometheus expect', async () => {
  const base = await start();
  const health = await fetch(`${base}/health?verbose=1`);
  expect([health.status, await health.text()]).toEqual([200, 'OK\n']);
  const metrics = await fetch(`${base}/metrics`);
  expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await metrics.text()).toBe('aigw_up 1\n');
  const head = await fetch(`${base}/metrics`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('health is 500 while not serving, and when the check itself fails', async () => {
  const answers = [() => false, () => Promise.resolve(false), () => Promise.reject(new Error('canary'))];
  const base = await start({ isHealthy: () => (answers.shift() ?? (() => true))() });
  const bodies: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const response = await fetch(`${base}/health`);
    expect(response.status).toBe(500);
    bodies.push(await response.text());
  }
  expect(bodies.join()).not.toContain('canary');
  expect((await fetch(`${base}/health`)).status).toBe(200);
});

test('unknown paths are 404, other methods 405', async () => {
  const base = await start();
  expect((await fetch(`${base}/nothing`)).status).toBe(404);
  expect((await fetch(`${base}/health`, { method: 'POST', body: 'x' })).status).toBe(405);
});

test('more paths can be added and see the query', async () => {
  const base = await start({
    handlers: {
      '/stats': (query) => ({ status: 200, contentType: 'text/plain', body: query.get('format') ?? '' }),
    },
  });
  expect(await (await fetch(`${base}/stats?format=json`)).text()).toBe('json');
});

test('a Unix socket serves, is taken over when stale, and goes with the server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aigw-admin-'));
  const path = join(folder, 'admin.sock');
  await start({ address: { kind: 'unix', path } });
  const status = await new Promise((resolve, reject) => {
    const call = request({ socketPath: path, path: '/health' }, (response) =>
      resolve(response.resume().statusCode),
    );
    call.on('error', reject).end();
  });
  expect(status).toBe(200);
  expect(server?.address()).toBe(`unix://${path}`);
  await rm(folder, { recursive: true });
});

test('a port in use is an error of start', async () => {
  const base = await start();
  const port = Number(new URL(base).port);
  const second = createAdminServer({
    address: { ...tcp, port },
    isHealthy: () => true,
    metrics: () => Promise.resolve(''),
  });
  await expect(second.start(() => undefined)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
