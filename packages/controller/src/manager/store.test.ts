import fc from 'fast-check';
import type { KubeObject } from '../kube/kube-object.ts';
import { createStore, type Index } from './store.ts';

const byColour: Index = (object) => object['colours'] as string[];

const object = (name: string, colours: readonly string[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { namespace: 'n', name },
  colours,
});

const colour = fc.constantFrom('red', 'green', 'blue');
const change = fc.record({
  name: fc.constantFrom('a', 'b', 'c'),
  colours: fc.option(fc.uniqueArray(colour), { nil: undefined }),
});

test('an index is always what a look at every object would give', () => {
  fc.assert(
    fc.property(fc.array(change), fc.nat(5), (changes, indexedAt) => {
      const store = createStore();
      changes.forEach(({ name, colours }, step) => {
        if (step === indexedAt) store.by(byColour, 'red');
        if (colours === undefined) store.remove(`n/${name}`);
        else store.put(object(name, colours));
      });
      for (const at of ['red', 'green', 'blue']) {
        const names = store.by(byColour, at).map(({ metadata }) => metadata.name);
        const wanted = store
          .all()
          .filter((item) => byColour(item).includes(at))
          .map(({ metadata }) => metadata.name);
        expect(names.sort()).toEqual(wanted.sort());
      }
    }),
  );
});

test('the list is the same one until something changes', () => {
  const store = createStore();
  store.put(object('a', []));
  const before = store.all();
  expect(store.all()).toBe(before);
  store.put(object('b', []));
  expect(store.all()).not.toBe(before);
});
