import { findMissingFields } from './missing-fields.ts';

const text = {};
const object = (properties: object) => ({ properties }) as { properties: Record<string, object> };

test.each([
  { name: 'the same', live: object({ a: text, b: { items: object({ c: text }) } }), want: [] },
  { name: 'more', live: object({ a: text, b: { items: object({ c: text }) }, z: text }), want: [] },
  { name: 'none', live: undefined, want: ['any field'] },
  { name: 'one less', live: object({ b: { items: object({ c: text }) } }), want: ['a'] },
  { name: 'one less in a list', live: object({ a: text, b: { items: object({}) } }), want: ['b[].c'] },
  { name: 'a field that is no list', live: object({ a: text, b: text }), want: ['b[]'] },
  {
    name: 'anything',
    live: { 'x-kubernetes-preserve-unknown-fields': true },
    want: [],
  },
])('$name', ({ live, want }) => {
  expect(findMissingFields(object({ a: text, b: { items: object({ c: text }) } }), live)).toEqual(want);
});

test('maps are looked into', () => {
  const map = (inner: object) => object({ m: { additionalProperties: inner } });
  expect(findMissingFields(map(object({ a: text })), map(object({})))).toEqual(['m.*.a']);
  expect(findMissingFields(map(object({ a: text })), object({ m: text }))).toEqual(['m.*']);
});
