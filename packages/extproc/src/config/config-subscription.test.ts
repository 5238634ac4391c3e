import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createMetrics, type Logger, type Metrics, type Service } from '@aigw/service-runtime';
import { createCredentialPool } from '../auth/credential-pool.ts';
import { type ConfigMetrics, createConfigMetrics } from '../telemetry/config-metrics.ts';
import { localhostTls } from './__fixtures__/localhost-tls.ts';
import { createConfigStore, type LoadableConfigStore } from './config-store.ts';
import { createConfigSubscription, type SubscriptionTiming } from './config-subscription.ts';

const configOf = (backend: string): string =>
  JSON.stringify({ version: 'dev', backends: [{ name: backend, schema: { name: 'OpenAI' } }] });
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

const sends =
  (text: string, revision: number): Reply =>
  (_request, response) => {
    const headers = { etag: `"${digest(text)}"`, 'aigw-config-revision': revision };
    response.writeHead(200, headers).end(text);
  };

const unchanged: Reply = (_request, response) => response.writeHead(304).end();

let folder: string;
let server: Server;
let asked: IncomingMessage[];
let replies: Reply[];
let held: ServerResponse[];
let store: LoadableConfigStore;
let metrics: Metrics;
let configMetrics: ConfigMetrics;
let logger: Logger;
let lines: string[];
let service: Service | undefined;
let listeners: (() => void)[];

/** Resolves once something holds that a request or a line of the log may have made so. */
const until = (holds: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (holds()) resolve();
    };
    listeners.push(look);
    look();
  });

const tell = (): void => {
  for (const look of [...listeners]) look();
};

beforeEach(async () => {
  [asked, replies, held, lines, listeners] = [[], [], [], [], []];
  folder = await mkdtemp(join(tmpdir(), 'aigw-subscription-'));
  writeFileSync(join(folder, 'ca.crt'), localhostTls.cert);
  writeFileSync(join(folder, 'token'), 'token-1\n');
  server = createServer(localhostTls, (request, response) => {
    asked.push(request);
    const reply = replies.shift();
    // The script is over: the request waits, as for a change that does not come.
    if (reply === undefined) held.push(response);
    else reply(request, response);
    tell();
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  logger = createLogger({
    level: 'debug',
    format: 'text',
    write(line) {
      lines.push(line);
      tell();
    },
  });
  metrics = createMetrics();
  configMetrics = createConfigMetrics(metrics);
  const credentials = createCredentialPool({ now: Date.now, random: () => 0, onError: () => undefined });
  store = createConfigStore({ credentials, now: Date.now, logger, metrics: configMetrics });
});

afterEach(async () => {
  await service?.stop(AbortSignal.abort());
  service = undefined;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

function subscribe(timing: Partial<SubscriptionTiming> = {}, now: () => number = () => 0): Service {
  service = createConfigSubscription({
    server: { url: new URL(`https://localhost:${(server.address() as AddressInfo).port}`), folder },
    store,
    logger,
    metrics: configMetrics,
    now,
    random: () => 0,
    timing: { retry: [1, 1], ...timing },
  });
  return service;
}

const backends = (): string[] => [...store.current().backends.keys()];
const loaded = (backend: string): boolean => store.identity() !== undefined && backends().join() === backend;

test('a change is in force as soon as the server tells it, and is asked for by what is known', async () => {
  store.load({ text: configOf('volume'), revision: 1 }, 'volume');
  replies = [unchanged, sends(configOf('pushed'), 2)];
  await subscribe().start(() => undefined);
  await until(() => held.length === 1);
  expect(backends()).toEqual(['pushed']);
  const [first, second, third] = asked.map(({ url, headers }) => ({
    url,
    authorization: headers.authorization,
    prefer: headers['prefer'],
    tag: headers['if-none-match'],
    revision: headers['aigw-config-revision'],
  }));
  const known = { url: '/filter-config', authorization: 'Bearer token-1' };
  const volume = { tag: `"${digest(configOf('volume'))}"`, revision: '1' };
  expect(first).toEqual({ ...known, ...volume, prefer: 'wait=0' });
  expect(second).toEqual({ ...known, ...volume, prefer: 'wait=25' });
  expect(third).toMatchObject({ tag: `"${digest(configOf('pushed'))}"`, revision: '2' });
  expect(await metrics.text()).toContain('aigw_config_server_connected 1');
});

test('start waits for the first answer: what the volume has may be old', async () => {
  store.load({ text: configOf('volume'), revision: 1 }, 'volume');
  replies = [sends(configOf('pushed'), 2)];
  await subscribe({ start: 60_000 }).start(() => undefined);
  expect(backends()).toEqual(['pushed']);
});

test('start does not wait for a server that says nothing', async () => {
  store.load({ text: configOf('volume') }, 'volume');
  await subscribe({ start: 1 }).start(() => undefined);
  expect(backends()).toEqual(['volume']);
});

test('without ca.crt and token the volume serves, until they come', async () => {
  store.load({ text: configOf('volume') }, 'volume');
  rmSync(join(folder, 'token'));
  await subscribe().start(() => undefined);
  await until(() => lines.some((line) => line.includes('does not have ca.crt and token yet')));
  expect(await metrics.text()).toContain('aigw_config_server_connected 0');
  replies = [sends(configOf('pushed'), 2)];
  writeFileSync(join(folder, 'token'), 'token-2');
  await until(() => loaded('pushed'));
  expect(asked[0]?.headers.authorization).toBe('Bearer token-2');
});

test('a server that is lost is said once, asked again, and its return said once', async () => {
  store.load({ text: configOf('volume') }, 'volume');
  const busy: Reply = (_request, response) => response.writeHead(503).end('not seen yet');
  const cut: Reply = (request) => request.destroy();
  replies = [busy, cut, busy, cut, sends(configOf('pushed'), 2)];
  await subscribe().start(() => undefined);
  await until(() => held.length === 1);
  expect(backends()).toEqual(['pushed']);
  expect(lines.filter((line) => line.includes('cannot be asked'))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('tells of changes'))).toHaveLength(1);
  expect(lines.join('')).not.toContain('token-1');
});

test('a server that is not the one we trust is told nothing', async () => {
  store.load({ text: configOf('volume') }, 'volume');
  writeFileSync(join(folder, 'ca.crt'), localhostTls.cert.replace(/[A-Z]{4}/, 'AAAA'));
  await subscribe().start(() => undefined);
  await until(() => lines.some((line) => line.includes('cannot be asked')));
  expect(asked).toEqual([]);
});

test('what cannot be used is refused once, and not asked for again', async () => {
  store.load({ text: configOf('volume') }, 'volume');
  replies = [sends('[broken', 2)];
  await subscribe().start(() => undefined);
  await until(() => held.length === 1);
  expect(backends()).toEqual(['volume']);
  expect(asked[1]?.headers['if-none-match']).toBe(`"${digest(configOf('volume'))}", "${digest('[broken')}"`);
  expect(lines.filter((line) => line.includes('refused'))).toHaveLength(1);
  expect(await metrics.text()).toContain('aigw_config_reloads_total{result="failure"} 1');
});

test('a replica that is behind is not followed, and another one is looked for', async () => {
  store.load({ text: configOf('new'), revision: 5 }, 'volume');
  replies = [sends(configOf('old'), 4), unchanged];
  await subscribe().start(() => undefined);
  await until(() => held.length === 1);
  expect(backends()).toEqual(['new']);
  const [first, second] = asked.map(({ socket }) => socket);
  expect(second).not.toBe(first);
});

test('a past that does not come back is believed in the end', async () => {
  store.load({ text: configOf('new'), revision: 5 }, 'volume');
  let time = 0;
  const later: Reply = (request, response) => {
    time += 40;
    sends(configOf('old'), 4)(request, response);
  };
  replies = [later, later, later];
  await subscribe({ disbelief: 60 }, () => time).start(() => undefined);
  await until(() => held.length === 1);
  expect(backends()).toEqual(['old']);
  expect(asked).toHaveLength(4);
});

test('an answer without an end is given up', async () => {
  store.load({ text: configOf('volume') }, 'volume');
  const endless: Reply = (_request, response) => {
    const block = Buffer.alloc(1 << 20, ' ');
    const write = (): void => {
      while (!response.destroyed && response.write(block));
      if (!response.destroyed) response.once('drain', write);
    };
    response.on('error', () => undefined).writeHead(200);
    write();
  };
  replies = [endless];
  await subscribe({ start: 60_000 }).start(() => undefined);
  expect(lines.join('')).toContain('more than 8388608 bytes');
});

test('it ends at once, whatever it waits for', async () => {
  store.load({ text: configOf('volume') }, 'volume');
  await subscribe({ start: 1 }).start(() => undefined);
  await until(() => held.length === 1);
  await service?.stop(AbortSignal.abort());
  expect(lines.join('')).not.toContain('cannot be asked');
});
