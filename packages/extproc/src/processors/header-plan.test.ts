import { createHeaderPlan } from './header-plan.ts';
import { encodeWarnings } from './warnings-header.ts';

describe('header plan', () => {
  it('lets the last word count', () => {
    const plan = createHeaderPlan();
    plan.set('A', '1');
    plan.remove('b');
    plan.apply({ remove: ['a', 'c'], set: [['B', '2']] });
    expect(plan.build()).toEqual({ set: [['b', '2']], remove: ['a', 'c'] });
  });

  it.each(['a\nb', 'a\rb', 'a\u0000b', 'a\u007f'])('refuses %j as a value', (value) => {
    const plan = createHeaderPlan();
    plan.set('x', value);
    expect(() => plan.build()).toThrow('control character');
  });

  it('refuses what Envoy would refuse with a bare 500', () => {
    const many = createHeaderPlan();
    for (let index = 0; index <= 100; index += 1) many.remove(`x-${index}`);
    expect(() => many.build()).toThrow('More than 100 headers');
    const large = createHeaderPlan();
    large.set('x', 'a'.repeat(60 * 1024));
    expect(() => large.build()).toThrow('too large');
  });
});

describe('encodeWarnings', () => {
  it('writes a Structured Fields list', () => {
    const value = encodeWarnings([
      { path: 'thinking', action: 'dropped', reason: 'model has no thinking' },
      { path: 'a["b\\"]', action: 'changed', reason: 'ä\n' },
    ]);
    expect(value).toBe(
      String.raw`"thinking";action=dropped;reason="model has no thinking", "a[\"b\\\"]";action=changed;reason="??"`,
    );
  });

  it('is bounded', () => {
    const one = { path: 'p', action: 'dropped', reason: 'r'.repeat(100) } as const;
    const value = encodeWarnings(Array.from({ length: 1000 }, () => one));
    expect(value.length).toBeLessThanOrEqual(4096);
    expect(value.endsWith('"')).toBe(true);
  });
});
