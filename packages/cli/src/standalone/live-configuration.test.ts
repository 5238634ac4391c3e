import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { StandalonePlan } from '@aigw/planner';

import { createLiveConfiguration } from './live-configuration.ts';
import { pollUntil } from './poll-until.ts';

const poll = { timeoutMs: 20_000, intervalMs: 10 };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const planOf = (version: string): StandalonePlan => ({
  filterConfig: {
    version,
    globalLLMRequestCosts: [],
    llmRequestCosts: [],
    backends: [],
    models: [],
    unscopedModels: [],
    modelsByHost: {},
  },
  envoy: { bootstrap: {}, listeners: {}, routes: {}, clusters: {}, endpoints: {} },
  listeners: [{ name: 'http', gateway: 'default/gw', address: '127.0.0.1', port: 1975, requestedPort: 1975 }],
  models: [],
  backends: [],
  problems: [],
});

test('a good change is applied; a bad one, or one that leaves nothing, is reported, and the last good one stays', async () => {
  const file = join(folder, 'a.yaml');
  const edit = async (content: string): Promise<void> => {
    await writeFile(`${file}.new`, content);
    await rename(`${file}.new`, file);
  };
  await edit('one');
  const applied: string[] = [];
  const notes: string[] = [];
  const live = createLiveConfiguration({
    source: () =>
      Promise.resolve({ entries: [], problems: [], invalid: [], files: [file], locate: () => undefined }),
    plan: async () => {
      const content = await readFile(file, 'utf8');
      if (content === 'unreadable') throw new Error('cannot plan');
      if (content === '') return { plan: { ...planOf(content), listeners: [] }, problems: [] };
      return content === 'bad'
        ? { problems: [{ severity: 'error', message: 'spec.x: expected y' }] }
        : { plan: planOf(content), problems: [] };
    },
    apply: {
      directory: {
        write: (_, content) =>
          Promise.resolve(void applied.push((JSON.parse(content) as { version: string }).version)),
      },
      envoy: { sumStats: () => Promise.resolve(0) },
      awaitFilterConfig: () => Promise.resolve(),
    },
    note: (line) => void notes.push(line),
  });
  await live.follow(planOf('one'), [file]);
  const after = (what: () => boolean): Promise<boolean> => pollUntil(() => Promise.resolve(what()), poll);

  await edit('two');
  expect(await after(() => live.reloads().succeeded === 1)).toBe(true);
  await edit('bad');
  expect(await after(() => live.reloads().failed === 1)).toBe(true);
  expect(notes).toContain('error: spec.x: expected y');
  expect(notes.at(-1)).toMatch(/last good configuration stays/);
  await edit('unreadable');
  expect(await after(() => live.reloads().failed === 2)).toBe(true);
  await edit('');
  expect(await after(() => live.reloads().failed === 3)).toBe(true);
  expect(notes.at(-1)).toMatch(/no listener .* last good configuration stays/);
  await edit('three');
  expect(await after(() => live.reloads().succeeded === 2)).toBe(true);
  expect(applied).toEqual(['two', 'three']);
  await live.close();
});
