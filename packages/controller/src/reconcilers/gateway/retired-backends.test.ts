import type { FilterBackend } from '@aigw/api-types';
import {
  type BackendUsage,
  createRetiredBackends,
  longestRetirementMs,
  type RetiredBackends,
  retirementMs,
} from './retired-backends.ts';

const a = 'ns/a/route/r/rule/0/ref/0';
const b = 'ns/b/route/r/rule/0/ref/0/to/01234567';
const backend = (name: string): FilterBackend => ({ name, schema: { name: 'OpenAI' } });
const unused: BackendUsage = { inUse: new Set(), isUnsettled: () => false };
const inUse = (...names: string[]): BackendUsage => ({ ...unused, inUse: new Set(names) });
const unsettled = (...routes: string[]): BackendUsage => ({
  ...unused,
  isUnsettled: (route) => routes.includes(route),
});

describe('createRetiredBackends', () => {
  let clock = 0;
  let retired: RetiredBackends;

  beforeEach(() => {
    clock = 0;
    retired = createRetiredBackends(() => clock);
  });

  const keep = (
    planned: readonly string[],
    usage = unused,
    { gateway = 'g', published = [] as readonly string[] } = {},
  ): string[] =>
    retired.keep(gateway, planned.map(backend), usage, () => published.map(backend)).map(({ name }) => name);

  test('a backend that leaves the plan stays for a while, and then goes', () => {
    expect(keep([b, a])).toEqual([]);
    expect(keep([])).toEqual([a, b]);
    clock = retirementMs - 1;
    expect(keep([b])).toEqual([a]);
    clock = retirementMs;
    expect(keep([b])).toEqual([]);
  });

  test.each([
    ['that an HTTPRoute still leads to', inUse(a)],
    ['of a route that Envoy Gateway has not taken as it is', unsettled('ns/r')],
  ])('one %s stays until it is left, and a while after', (_which, usage) => {
    keep([a]);
    expect(keep([], usage)).toEqual([a]);
    clock = 10 * retirementMs;
    expect(keep([], usage)).toEqual([a]);
    clock += 1;
    expect(keep([])).toEqual([a]);
    clock += retirementMs - 1;
    expect(keep([])).toEqual([a]);
    clock += 1;
    expect(keep([])).toEqual([]);
  });

  test('the while begins anew when something leads there again', () => {
    keep([a]);
    keep([]);
    clock = retirementMs - 1;
    expect(keep([], inUse(a))).toEqual([a]);
    clock = retirementMs;
    expect(keep([])).toEqual([a]);
  });

  test.each([
    ['in use', inUse(a)],
    ['unsettled', unsettled('ns/r')],
  ])('no key is kept without end: %s', (_which, usage) => {
    keep([a]);
    clock = 1;
    keep([], usage);
    clock = longestRetirementMs;
    expect(keep([], usage)).toEqual([a]);
    clock += 1;
    expect(keep([], usage)).toEqual([]);
    expect(keep([], usage)).toEqual([]);
  });

  test('another route that is not settled keeps nothing', () => {
    keep([a]);
    keep([]);
    clock = retirementMs;
    expect(keep([], unsettled('ns/r2', 'other/r'))).toEqual([]);
  });

  test('a new leader keeps what is in the cluster, and looks there once', () => {
    const published = [a, b];
    expect(keep([b], unsettled('ns/r'), { published })).toEqual([a]);
    clock = 5 * retirementMs;
    expect(keep([b], unsettled('ns/r'), { published })).toEqual([a]);
    keep([b], unused, { published });
    clock += retirementMs;
    expect(keep([b], unused, { published })).toEqual([]);
    expect(keep([b], unused, { published })).toEqual([]);
  });

  test('Gateways do not know of each other, and a forgotten one knows nothing', () => {
    keep([a]);
    expect(keep([], unused, { gateway: 'h' })).toEqual([]);
    retired.forget('g');
    expect(keep([])).toEqual([]);
  });
});
