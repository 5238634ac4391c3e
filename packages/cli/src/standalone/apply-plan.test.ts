import fc from 'fast-check';

import { applyPlan, type PlanFiles, writePlan } from './apply-plan.ts';

const plan = (names: readonly string[], routes: readonly string[] = names): PlanFiles => ({
  filterConfig: {
    version: '0.1.0',
    globalLLMRequestCosts: [],
    llmRequestCosts: [],
    backends: names.map((name) => ({ name, schema: { name: 'OpenAI' } })),
    models: [],
    unscopedModels: [],
    modelsByHost: {},
  },
  envoy: {
    bootstrap: {},
    listeners: { resources: [{ name: 'http' }] },
    routes: { resources: routes.map((name) => ({ name })) },
    clusters: { resources: names.map((name) => ({ name })) },
    endpoints: { resources: [] },
  },
});

const namesOf = (text: string, field: 'resources' | 'backends'): string[] =>
  (JSON.parse(text)[field] as { name: string }[]).map(({ name }) => name);

/** Applies a change, and records what lies in the folder after each write. */
async function change(previous: PlanFiles, next: PlanFiles) {
  const files = new Map<string, string>();
  const steps: { file: string; clusters: string[]; routes: string[]; backends: string[] }[] = [];
  const directory = {
    write: (file: string, content: string) => {
      files.set(file, content);
      if (files.size < 6) return Promise.resolve();
      steps.push({
        file,
        clusters: namesOf(files.get('cds.json')!, 'resources'),
        routes: namesOf(files.get('rds.json')!, 'resources'),
        backends: namesOf(files.get('filter-config.json')!, 'backends'),
      });
      return Promise.resolve();
    },
  };
  await writePlan(previous, directory);
  steps.length = 0;
  let updates = 0;
  const uuids: string[] = [];
  await applyPlan(previous, next, {
    directory,
    envoy: { sumStats: (pattern) => Promise.resolve(pattern.endsWith('rejected$') ? 0 : (updates += 1)) },
    awaitFilterConfig: (uuid) => Promise.resolve(void uuids.push(uuid)),
  });
  return { files, steps, uuids };
}

test('adds clusters and backends, moves the routes, then removes', async () => {
  const { steps, uuids } = await change(plan(['a', 'b']), plan(['b', 'c']));
  expect(steps.map(({ file }) => file)).toEqual([
    'filter-config.json',
    'cds.json',
    'rds.json',
    'cds.json',
    'filter-config.json',
  ]);
  expect(steps[1]).toMatchObject({ clusters: ['b', 'c', 'a'], routes: ['a', 'b'] });
  expect(steps[4]).toMatchObject({ clusters: ['b', 'c'], routes: ['b', 'c'], backends: ['b', 'c'] });
  expect(new Set(uuids).size).toBe(2);
});

test('a new secret rewrites nothing but the filter configuration', async () => {
  const same = plan(['a']);
  const next = { ...same, filterConfig: { ...same.filterConfig, version: 'other' } };
  expect((await change(plan(['a']), next)).steps.map(({ file }) => file)).toEqual(['filter-config.json']);
});

test('no change, no write', async () => {
  expect((await change(plan(['a']), plan(['a']))).steps).toEqual([]);
});

test('at no moment does a route point to a cluster or a backend that is not there', async () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(names, names, async (before, after) => {
      const { files, steps } = await change(plan(before), plan(after));
      for (const { routes, clusters, backends } of steps) {
        expect(clusters).toEqual(expect.arrayContaining(routes));
        expect(backends).toEqual(expect.arrayContaining(routes));
      }
      expect(namesOf(files.get('cds.json')!, 'resources')).toEqual(after);
      expect(namesOf(files.get('filter-config.json')!, 'backends')).toEqual(after);
    }),
  );
});

test('an Envoy that does not answer does not keep the files from being written', async () => {
  const written: string[] = [];
  await applyPlan(plan(['a']), plan(['b']), {
    directory: { write: (file) => Promise.resolve(void written.push(file)) },
    envoy: { sumStats: () => Promise.reject(new Error('restarting')) },
    awaitFilterConfig: () => Promise.resolve(),
  });
  expect(written).toEqual(['filter-config.json', 'cds.json', 'rds.json', 'cds.json', 'filter-config.json']);
});

test('what Envoy refuses is an error that names the file', async () => {
  let refused = 0;
  const written: string[] = [];
  const applied = applyPlan(plan(['a']), plan(['b']), {
    directory: {
      write: (file) => {
        written.push(file);
        if (file === 'rds.json') refused += 1;
        return Promise.resolve();
      },
    },
    envoy: {
      sumStats: (pattern) => Promise.resolve(pattern.endsWith('rejected$') ? refused : written.length),
    },
    awaitFilterConfig: () => Promise.resolve(),
  });
  await expect(applied).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringContaining('rds.json'),
  });
  expect(written).toEqual(['filter-config.json', 'cds.json', 'rds.json']);
});
