import type { FilterBackend } from '@aigw/api-types';
import { createRetiredBackends, maxInUseMs, retirementMs } from './retired-backends.ts';

const backend = (name: string): FilterBackend => ({ name, schema: { name: 'OpenAI' } });
const none: ReadonlySet<string> = new Set();

describe('createRetiredBackends', () => {
  let clock = 0;
  const names = (kept: readonly FilterBackend[]): string[] => kept.map(({ name }) => name);

  test('a backend that leaves the plan stays for a while, and then goes', () => {
    clock = 0;
    const retired = createRetiredBackends(() => clock);
    expect(names(retired.keep('g', [backend('b'), backend('a')], none))).toEqual([]);
    expect(names(retired.keep('g', [], none))).toEqual(['a', 'b']);
    clock = retirementMs - 1;
    expect(names(retired.keep('g', [backend('b')], none))).toEqual(['a']);
    clock = retirementMs;
    expect(names(retired.keep('g', [backend('b')], none))).toEqual([]);
  });

  test('one that an HTTPRoute still leads to stays until it does no more', () => {
    clock = 0;
    const retired = createRetiredBackends(() => clock);
    retired.keep('g', [backend('a')], none);
    clock = 10 * retirementMs;
    expect(names(retired.keep('g', [], new Set(['a'])))).toEqual(['a']);
    expect(names(retired.keep('g', [], none))).toEqual([]);
  });

  test('one that an HTTPRoute leads to that cannot be written anew goes in the end', () => {
    clock = 0;
    const retired = createRetiredBackends(() => clock);
    retired.keep('g', [backend('a')], none);
    clock = maxInUseMs - 1;
    expect(names(retired.keep('g', [], new Set(['a'])))).toEqual(['a']);
    clock = maxInUseMs;
    expect(names(retired.keep('g', [], new Set(['a'])))).toEqual([]);
  });

  test('Gateways do not know of each other, and a forgotten one knows nothing', () => {
    const retired = createRetiredBackends(() => clock);
    retired.keep('g', [backend('a')], none);
    expect(names(retired.keep('h', [], none))).toEqual([]);
    retired.forget('g');
    expect(names(retired.keep('g', [], none))).toEqual([]);
  });
});
