import { createPublications } from './publications.ts';

describe('createPublications', () => {
  test('a route waits until the configuration has all of its backends, and is told once', () => {
    const publications = createPublications();
    expect(publications.await('g', ['a'], 'r')).toBe(false);
    expect(publications.publish('g', new Set(['a']))).toEqual(['r']);
    expect(publications.publish('g', new Set(['a']))).toEqual([]);
    expect(publications.await('g', ['a'], 'r')).toBe(true);
    expect(publications.await('g', ['a', 'b'], 'r')).toBe(false);
  });

  test('a failure stands until the configuration is written or gone, and is news once', () => {
    const publications = createPublications();
    publications.publish('g', new Set(['a']));
    expect(publications.fail('g', 'why')).toBe(true);
    expect(publications.fail('g', 'why')).toBe(false);
    expect(publications.fail('g', 'why not')).toBe(true);
    expect(publications.failureOf('g')).toBe('why not');
    expect(publications.failureOf('h')).toBeUndefined();
    // What was written serves on.
    expect(publications.await('g', ['a'], 'r')).toBe(true);
    publications.publish('g', new Set(['a']));
    expect(publications.failureOf('g')).toBeUndefined();
    publications.fail('g', 'why');
    publications.retract('g');
    expect(publications.failureOf('g')).toBeUndefined();
  });

  test('after the configuration is gone, routes wait again', () => {
    const publications = createPublications();
    publications.publish('g', new Set(['a']));
    publications.retract('g');
    expect(publications.await('g', [], 'r')).toBe(false);
  });
});
