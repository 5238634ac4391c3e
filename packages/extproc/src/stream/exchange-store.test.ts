import fc from 'fast-check';
import type { Exchange } from './exchange.ts';
import { createExchangeStore } from './exchange-store.ts';

const buildExchange = (id: string, requestId: string): Exchange => ({ id, requestId }) as Exchange;

describe('exchange store', () => {
  it('finds by either id, forgets both, and never guesses', () => {
    const pair = fc.tuple(fc.string(), fc.constantFrom('r1', 'r2', 'r3'));
    const pairs = fc.uniqueArray(pair, { maxLength: 8, selector: ([id]) => id });
    fc.assert(
      fc.property(pairs, (entries) => {
        const store = createExchangeStore();
        const all = entries.map(([id, requestId]) => buildExchange(id, requestId));
        for (const exchange of all) store.add(exchange);
        while (all.length > 0) {
          for (const { id, requestId } of all) {
            const namesakes = all.filter((other) => other.requestId === requestId);
            expect(store.get(id)?.id).toBe(id);
            expect(store.getOnlyOne(requestId)).toBe(namesakes.length === 1 ? namesakes[0] : undefined);
          }
          store.remove(all.shift()!.id);
          expect(store.size).toBe(all.length);
        }
        expect(store.getOnlyOne('r1')).toBeUndefined();
      }),
    );
  });

  it('refuses more than its limit', () => {
    const store = createExchangeStore(1);
    store.add(buildExchange('a', 'r'));
    expect(() => store.add(buildExchange('b', 'r'))).toThrow('too many requests');
  });
});
