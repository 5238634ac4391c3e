import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createMetrics, type Service, writeFileAtomic } from '@aigw/service-runtime';
import { createCredentialPool } from '../auth/credential-pool.ts';
import { createConfigMetrics } from '../telemetry/config-metrics.ts';
import type { ConfigSource } from './config-source.ts';
import { createConfigStore } from './config-store.ts';
import { createConfigWatcher } from './config-watcher.ts';

const canary = 'canary-e77b';
let folder = '';
let watcher: Service | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-config-'));
});
afterEach(async () => {
  await watcher?.stop(AbortSignal.abort());
  watcher = undefined;
  await rm(folder, { recursive: true });
});

function buildConfig(uuid: string, more = ''): string {
  const file = `[default]\\naws_access_key_id=AK\\naws_secret_access_key=${canary}`;
  return `version: dev
uuid: ${uuid}
backends:
- name: a
  schema: {name: AWSBedrock}
  modelNameOverride: ""
  auth: {aws: {region: us-east-1, credentialFileLiteral: "${file}"}}
${more}`;
}

function setUp(source: ConfigSource, retryDelaysMs?: number[]) {
  const lines: string[] = [];
  const waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  const logger = createLogger({
    level: 'debug',
    format: 'text',
    write(line) {
      lines.push(line);
      for (const { text, resolve } of waiting) if (line.includes(text)) resolve();
    },
  });
  const metrics = createMetrics();
  const configMetrics = createConfigMetrics(metrics);
  const credentials = createCredentialPool({ now: Date.now, random: () => 0, onError: () => undefined });
  const store = createConfigStore({ credentials, now: Date.now, logger, metrics: configMetrics });
  watcher = createConfigWatcher({
    source,
    store,
    logger,
    metrics: configMetrics,
    ...(retryDelaysMs === undefined ? {} : { retryDelaysMs }),
  });
  /** Resolves with the next line that has the text; jest's own timeout is the deadline. */
  const logged = (text: string) =>
    new Promise<void>((resolve) => {
      waiting.push({ text, resolve });
    });
  return { lines, logged, metrics, store, service: watcher };
}

test('a file is loaded at start and again after each change, at once and whole', async () => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, buildConfig('u1', 'what: 1\n'));
  const { service, store, logged, metrics, lines } = setUp({ kind: 'file', path });
  expect(() => store.current()).toThrow('no configuration');
  await service.start(() => undefined);
  const first = store.current();
  expect(first).toMatchObject({ generation: 1 });
  expect(first.backends.get('a')).toMatchObject({
    name: 'a',
    schemaSupported: true,
    target: { unsupportedFields: 'Drop', messagesVia: 'Auto' },
  });
  expect(first.backends.get('a')).not.toHaveProperty('overrideModel');
  expect(lines.join('')).toContain('what: unknown key, ignored');

  const reloaded = logged('generation=2');
  await writeFileAtomic(path, buildConfig('u2'));
  await reloaded;
  expect(store.current().generation).toBe(2);
  expect(first.generation).toBe(1);
  const text = await metrics.text();
  expect(text).toContain('aigw_config_generation 2');
  expect(text).toContain('aigw_config_info{uuid="u2"} 1');
  expect(text).not.toContain('"u1"');
  expect(text).toContain('aigw_config_reloads_total{result="success"} 2');
  expect(lines.join('') + text).not.toContain(canary);
});

test.each([
  ['broken YAML', `version: dev\nkey: [${canary}`, 'config.yaml:2:'],
  [
    'a wrong field',
    `version: dev\nbackends: [{name: a, schema: {name: ${canary}}}]`,
    'config.yaml: backends[0].schema.name: expected one of',
  ],
  ['another major version', 'version: v9.0.0', 'version mismatch'],
  ['an empty file', '', 'expected object'],
  ['aliases without end', 'a: &a [x]\nb: *nowhere', 'not valid YAML'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0xfd]), 'is not UTF-8 text'],
])('%s: the last good one stays, and the log says where and what', async (_name, content, expected) => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, buildConfig('u1'));
  const { service, store, logged, metrics, lines } = setUp({ kind: 'file', path }, []);
  await service.start(() => undefined);
  const before = store.current();
  const refused = logged('configuration refused');
  await writeFileAtomic(path, content);
  await refused;
  expect(store.current()).toBe(before);
  expect(lines.join('').replaceAll('\\"', '"')).toContain(expected);
  expect(lines.join('')).not.toContain(canary);
  expect(await metrics.text()).toContain('aigw_config_reloads_total{result="failure"} 1');

  const recovered = logged('generation=2');
  await writeFileAtomic(path, buildConfig('u3'));
  await recovered;
});

test('a file that cannot be used is an error of start', async () => {
  const path = join(folder, 'config.yaml');
  await expect(setUp({ kind: 'file', path }).service.start(() => undefined)).rejects.toMatchObject({
    code: 'unreadable',
    message: `${path}: cannot be read (ENOENT)`,
  });
  await writeFile(path, 'version: 1');
  await expect(setUp({ kind: 'file', path }).service.start(() => undefined)).rejects.toMatchObject({
    code: 'invalid_config',
  });
});

test('backends of a reloaded configuration can sign', async () => {
  const path = join(folder, 'config.yaml');
  await writeFile(path, buildConfig('u1'));
  const { service, store, logged } = setUp({ kind: 'file', path });
  await service.start(() => undefined);
  const reloaded = logged('generation=2');
  await writeFileAtomic(
    path,
    buildConfig(
      'u2',
      '- {name: b/to/01234567, schema: {name: AzureOpenAI}, host: h, hosts: [{address: "h:443", host: h}], modelNameOverride: m}\n',
    ),
  );
  await reloaded;
  const { backends } = store.current();
  const host = 'bedrock-runtime.us-east-1.amazonaws.com';
  const changes = await backends
    .get('a')
    ?.auth.apply({ method: 'POST', path: '/', host, body: Buffer.alloc(0) });
  expect(changes?.set.map(([name]) => name)).toContain('authorization');
  expect(backends.get('b/to/01234567')).toMatchObject({
    name: 'b',
    hosts: [{ address: 'h:443', host: 'h' }],
    schemaSupported: false,
    host: 'h',
    overrideModel: 'm',
    target: { modelNameOverride: 'm' },
  });
});

describe('a bundle', () => {
  const writeBundle = async (text: string, { checksum = '', parts = ['parts/000', 'parts/001'] } = {}) => {
    await mkdir(join(folder, 'parts'), { recursive: true });
    const middle = Math.floor(text.length / 2);
    await writeFile(join(folder, 'parts/000'), text.slice(0, middle));
    await writeFile(join(folder, 'parts/001'), text.slice(middle));
    const digest = checksum === '' ? createHash('sha256').update(text).digest('hex') : checksum;
    const index = {
      version: 'dev',
      uuid: 'u',
      checksum: digest,
      parts: parts.map((path) => ({ name: path, path })),
    };
    await writeFileAtomic(join(folder, 'index.yaml'), JSON.stringify(index));
  };
  const source = (): ConfigSource => ({ kind: 'bundle', folder });

  test('is joined from its parts in the order of the index, and reloaded', async () => {
    await writeBundle(buildConfig('u1'));
    const { service, store, logged } = setUp(source());
    await service.start(() => undefined);
    expect(store.current().backends.size).toBe(1);
    const reloaded = logged('generation=2');
    await writeBundle(buildConfig('u2'));
    await reloaded;
  });

  test('that is half written at start is waited for', async () => {
    await writeBundle(buildConfig('u1'), { checksum: 'f'.repeat(64) });
    const { service, logged, store } = setUp(
      source(),
      Array.from({ length: 1000 }, () => 5),
    );
    const warned = logged('not complete yet');
    const starting = service.start(() => undefined);
    await warned;
    await writeBundle(buildConfig('u1'));
    await starting;
    expect(store.current().generation).toBe(1);
  });

  test('that stays incomplete is an error in the end', async () => {
    await writeBundle(buildConfig('u1'), { checksum: 'f'.repeat(64) });
    await expect(setUp(source(), [1, 1]).service.start(() => undefined)).rejects.toMatchObject({
      code: 'incomplete',
    });
  });

  test('whose parts come after its index is loaded without another event', async () => {
    await writeBundle(buildConfig('u1'));
    const { service, logged, store } = setUp(
      source(),
      Array.from({ length: 1000 }, () => 5),
    );
    await service.start(() => undefined);
    const text = buildConfig('u2');
    const refused = logged('configuration refused');
    const checksum = createHash('sha256').update(text).digest('hex');
    await writeFileAtomic(
      join(folder, 'index.yaml'),
      JSON.stringify({ checksum, parts: [{ path: 'parts/000' }] }),
    );
    await refused;
    await writeFile(join(folder, 'parts/000'), text);
    const reloaded = logged('generation=2');
    await reloaded;
    expect(store.current().generation).toBe(2);
  });

  test.each(['../outside', '/etc/hostname', 'parts/../../x'])(
    'cannot name the part %s outside its folder',
    async (part) => {
      await writeBundle(buildConfig('u1'), { parts: [part] });
      await expect(setUp(source(), [1]).service.start(() => undefined)).rejects.toThrow(
        'parts[0].path: expected a path inside the bundle',
      );
    },
  );

  test('with an index that is none is an error', async () => {
    await writeFile(join(folder, 'index.yaml'), 'parts: 3');
    await expect(setUp(source(), [1]).service.start(() => undefined)).rejects.toThrow('expected checksum');
  });
});
