import { createModelLists } from './model-lists.ts';

const entry = (Name: string) => ({ Name, OwnedBy: 'o', CreatedAt: '2025-01-01T00:00:00Z' });
const lists = {
  models: [entry('all')],
  unscopedModels: [entry('unscoped')],
  modelsByHost: { 'API.example.com': [entry('exact')], '*.example.com': [entry('wildcard')] },
};

test.each([
  ['api.example.com', 'exact'],
  ['Api.Example.com:8080', 'exact'],
  ['other.example.com', 'wildcard'],
  ['a.b.example.com', 'unscoped'],
  ['example.com', 'unscoped'],
  ['localhost:1975', 'unscoped'],
  ['[::1]:80', 'unscoped'],
  ['', 'unscoped'],
  [undefined, 'unscoped'],
])('host %s sees the list %s [A119]', (host, expected) => {
  expect(createModelLists(lists)(host).map(({ Name }) => Name)).toEqual([expected]);
});

test('without hosts there is one list for all', () => {
  const models = createModelLists({ ...lists, modelsByHost: {} });
  expect(models('api.example.com').map(({ Name }) => Name)).toEqual(['all']);
});
