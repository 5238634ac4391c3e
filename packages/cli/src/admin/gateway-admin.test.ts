import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createEnvoyAdmin } from '../envoy/envoy-admin.ts';
import { createGatewayAdmin } from './gateway-admin.ts';

type Answers = Record<string, [number, string]>;

let folder: string;
let servers: Server[];
let stops: (() => Promise<void>)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-test-'));
  [servers, stops] = [[], []];
});
afterEach(async () => {
  for (const stop of stops) await stop();
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

async function listen(name: string, answers: Answers): Promise<string> {
  const path = join(folder, name);
  const server = createServer((request, response) => {
    const [status, body] = answers[`${request.method} ${request.url}`] ?? [404, ''];
    response.writeHead(status).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

async function start({
  extproc,
  envoy,
  isServing = true,
}: {
  extproc: Answers;
  envoy: Answers;
  isServing?: boolean;
}): Promise<string> {
  const admin = createGatewayAdmin({
    host: '127.0.0.1',
    port: 0,
    extprocAdminSocket: await listen('extproc.sock', extproc),
    envoy: createEnvoyAdmin(await listen('envoy.sock', envoy)),
    processes: () => [
      { name: 'envoy', pid: 1, restarts: 2, markStarted: () => undefined, stop: () => Promise.resolve() },
    ],
    isServing: () => isServing,
    reloads: () => ({ succeeded: 3, failed: 1 }),
  });
  await admin.start(() => undefined);
  stops.push(() => admin.stop(AbortSignal.timeout(100)));
  return `http://${admin.address()}`;
}

const ask = async (url: string): Promise<[number, string]> => {
  const response = await fetch(url);
  return [response.status, await response.text()];
};
const up: Answers = { 'GET /health': [200, 'OK'], 'GET /ready': [200, 'LIVE'] };

test('healthy and ready when both processes are', async () => {
  const url = await start({ extproc: up, envoy: up });
  expect(await ask(`${url}/health`)).toEqual([200, 'OK\n']);
  expect(await ask(`${url}/ready`)).toEqual([200, 'ready\n']);
});

test.each<[string, Answers, Answers]>([
  ['extproc is unwell', { 'GET /health': [500, ''] }, up],
  ['Envoy is draining', up, { 'GET /ready': [503, 'DRAINING'] }],
])('not healthy when %s', async (_, extproc, envoy) => {
  const url = await start({ extproc, envoy });
  expect((await ask(`${url}/health`))[0]).toBe(500);
  expect((await ask(`${url}/ready`))[0]).toBe(503);
});

test('not ready, though healthy, while requests are not wanted', async () => {
  const url = await start({ extproc: up, envoy: up, isServing: false });
  expect(await ask(`${url}/ready`)).toEqual([503, 'not ready\n']);
  expect((await ask(`${url}/health`))[0]).toBe(200);
});

test('the metrics of all three in one', async () => {
  const url = await start({
    extproc: { 'GET /metrics': [200, '# TYPE gen_ai gauge\ngen_ai 1\n'] },
    envoy: { 'GET /stats/prometheus': [200, '# TYPE envoy_x gauge\nenvoy_x 2\n'] },
  });
  const [, text] = await ask(`${url}/metrics`);
  for (const line of [
    'aigw_up{process="envoy"} 1',
    'aigw_process_restarts_total{process="envoy"} 2',
    'aigw_file_changes_total{outcome="applied"} 3',
    'aigw_file_changes_total{outcome="refused"} 1',
    'gen_ai 1',
    'envoy_x 2',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});

test("sums Envoy's statistics, without those of its own admin interface", async () => {
  const path = '/stats?filter=%5Ehttp';
  const text =
    'http.a.downstream_rq_active: 2\nhttp.admin.downstream_rq_active: 1\nhttp.b.downstream_rq_active: 3\nhttp.h: P0(1,2)\n';
  const envoy = createEnvoyAdmin(await listen('stats.sock', { [`GET ${path}`]: [200, text] }));
  expect(await envoy.sumStats('^http')).toBe(5);
});

test('a process that is not there is an error, not a wait', async () => {
  await expect(createEnvoyAdmin(join(folder, 'none.sock')).isReady()).rejects.toThrow(/ENOENT/);
});
