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

  test('after the configuration is gone, routes wait again', () => {
    const publications = createPublications();
    publications.publish('g', new Set(['a']));
    publications.retract('g');
    expect(publications.await('g', [], 'r')).toBe(false);
  });
});
