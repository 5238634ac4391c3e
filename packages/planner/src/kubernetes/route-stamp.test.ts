import fc from 'fast-check';
import { encodeRouteStamp, parseRouteStamp, type RouteStamp } from './route-stamp.ts';

const backend = fc.record({ id: fc.string(), priority: fc.nat(127), hosts: fc.array(fc.string()) });
const stamp: fc.Arbitrary<RouteStamp> = fc.record({
  version: fc.constant(1 as const),
  route: fc.string(),
  rules: fc.array(
    fc.oneof(
      fc.record({ backends: fc.array(backend) }),
      fc.record({
        backends: fc.array(backend),
        streamIdleMs: fc.nat(),
        credentialNamespaces: fc.array(fc.string()),
      }),
    ),
  ),
});

describe('the stamp of a route', () => {
  test('is read as it was written', () => {
    fc.assert(fc.property(stamp, (value) => expect(parseRouteStamp(encodeRouteStamp(value))).toEqual(value)));
  });

  test('anything else is not a stamp, and never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(parseRouteStamp(text)).toBeUndefined()));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expect(parseRouteStamp(JSON.stringify(value))).toBeUndefined()),
    );
  });

  test('names its AIGatewayRoute by its uid', () => {
    const text = '{"version":1,"route":"a/b","uid":"u","rules":[]}';
    expect(parseRouteStamp(text)).toEqual({ version: 1, route: 'a/b', uid: 'u', rules: [] });
  });

  test('one of the version before, which says no addresses, is read', () => {
    const text = '{"version":1,"route":"a/b","rules":[{"backends":[{"id":"x","priority":0,"hosts":["h"]}]}]}';
    expect(parseRouteStamp(text)?.rules[0]?.backends).toEqual([{ id: 'x', priority: 0, hosts: ['h'] }]);
  });

  test.each([
    {
      given: 'an address without its host',
      text: '{"version":1,"route":"a/b","rules":[{"backends":[{"id":"x","priority":0,"hosts":[],"addresses":["h:1"]}]}]}',
    },
    {
      given: 'encryption that is a text',
      text: '{"version":1,"route":"a/b","rules":[{"backends":[{"id":"x","priority":0,"hosts":[],"tls":"yes"}]}]}',
    },
    {
      given: 'a key that could be another name',
      text: '{"version":1,"route":"a/b","rules":[{"key":"../other","backends":[]}]}',
    },
    { given: 'a uid that is no text', text: '{"version":1,"route":"a/b","uid":1,"rules":[]}' },
    { given: 'another version', text: '{"version":2,"route":"a/b","rules":[]}' },
    {
      given: 'a backend without hosts',
      text: '{"version":1,"route":"a/b","rules":[{"backends":[{"id":"x","priority":0}]}]}',
    },
    {
      given: 'a priority that is a text',
      text: '{"version":1,"route":"a/b","rules":[{"backends":[{"id":"x","priority":"0","hosts":[]}]}]}',
    },
  ])('$given is refused', ({ text }) => {
    expect(parseRouteStamp(text)).toBeUndefined();
  });
});
