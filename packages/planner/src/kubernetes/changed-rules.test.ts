import fc from 'fast-check';
import { clusterOfYaml, get, planRouteOf, sha256Hex, stampOf } from '../__fixtures__/cluster.ts';
import { checkCel, clusterOf, planYaml } from '../__fixtures__/plan-yaml.ts';
import { backendYaml, gatewayYaml, routeYaml } from '../__fixtures__/resources.ts';
import { planGatewayConfig } from './plan-gateway.ts';

/** While a route changes, Envoy and the data plane may have different versions of it. */

const servers = backendYaml('east', 'OpenAI', 'east.example.com');

/** Rules of one backend that call each model otherwise. */
const rulesOf = (models: readonly string[]): string =>
  models
    .map(
      (model) =>
        `{matches: [{headers: [{name: x-ai-eg-model, value: ${model}}]}], backendRefs: [{name: east, modelNameOverride: its-${model}}]}`,
    )
    .join(', ');

const routeOf = (models: readonly string[]): string => `${routeYaml(`[${rulesOf(models)}]`)}${servers}`;

/** What the data plane makes of requests, by the backend that Envoy names. */
function overridesOf(models: readonly string[]): ReadonlyMap<string, string | undefined> {
  const set = clusterOfYaml(routeOf(models) + gatewayYaml);
  const { backends } = planGatewayConfig({ set, sha256Hex, checkCel }, get(set, 'Gateway', 'gw'))!;
  return new Map(backends.map(({ name, modelNameOverride }) => [name, modelNameOverride]));
}

/** By the key of a rule, what its requests become. */
function servedOf(models: readonly string[]): ReadonlyMap<string | undefined, string | undefined> {
  const overrides = overridesOf(models);
  return new Map(
    stampOf(planRouteOf(routeOf(models)))
      .rules.slice(0, -1)
      .map(({ key, backends }) => [key, overrides.get(backends[0]!.id)]),
  );
}

const models = fc
  .subarray(['a', 'b', 'c', 'd'], { minLength: 1 })
  .chain((some) => fc.shuffledSubarray(some, { minLength: some.length }));

test('a backend of one version is in no other version one for another model', () => {
  fc.assert(
    fc.property(models, models, (before, after) => {
      const now = overridesOf(after);
      for (const [name, override] of overridesOf(before)) {
        if (now.has(name)) expect(now.get(name)).toBe(override);
      }
    }),
    { numRuns: 50 },
  );
});

test('a rule has the same key wherever it stands, and no other rule has it', () => {
  fc.assert(
    fc.property(models, models, (before, after) => {
      const then = servedOf(before);
      const now = servedOf(after);
      expect(then.size).toBe(before.length);
      for (const [key, served] of then) if (now.has(key)) expect(now.get(key)).toBe(served);
      const kept = before.filter((model) => after.includes(model));
      expect([...then.keys()].filter((key) => now.has(key))).toHaveLength(kept.length);
    }),
    { numRuns: 50 },
  );
});

test('on one machine, too: a cluster that two versions have is for one model', () => {
  const clustersOf = (some: readonly string[]): ReadonlyMap<string, string> =>
    new Map(some.map((model, index) => [clusterOf(planYaml(routeOf(some)), index)['name'] as string, model]));
  fc.assert(
    fc.property(models, models, (before, after) => {
      const now = clustersOf(after);
      for (const [name, model] of clustersOf(before)) if (now.has(name)) expect(now.get(name)).toBe(model);
    }),
    { numRuns: 20 },
  );
});

/** The keys of rules by what they match, each written as its models. */
const keysOf = (...rules: readonly string[]): ReadonlyMap<string, string | undefined> => {
  const yaml = rules.map((some) => {
    const matches = Array.from(some, (model) => `{headers: [{name: x-ai-eg-model, value: ${model}}]}`);
    return `{matches: [${matches.join(', ')}], backendRefs: [{name: east}]}`;
  });
  const { rules: stamped } = stampOf(planRouteOf(routeYaml(`[${yaml.join(', ')}]`) + servers));
  return new Map(rules.map((some, index) => [some, stamped[index]?.key]));
};

test('a rule keeps its key when it gets more matches', () => {
  expect(keysOf('ab').get('ab')).toBe(keysOf('a').get('a'));
});

test('of rules that match the same first none takes the key of one that goes', () => {
  const rule = fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(fc.uniqueArray(rule, { minLength: 2, maxLength: 4 }), fc.nat(3), (rules, at) => {
      const before = keysOf(...rules);
      expect(new Set(before.values()).size).toBe(rules.length);
      const after = keysOf(...rules.filter((_, index) => index !== at % rules.length));
      for (const [some, key] of after) {
        for (const [other, former] of before) if (other !== some) expect(key).not.toBe(former);
      }
    }),
    { numRuns: 50 },
  );
});

test('rules that match the same have keys of their own', () => {
  const keys = stampOf(planRouteOf(routeOf(['a', 'a', 'a']))).rules.map(({ key }) => key);
  expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), `${keys[0]}-1`, `${keys[0]}-2`, undefined]);
});
