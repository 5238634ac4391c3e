import { readVectors } from '../__fixtures__/vectors.ts';
import type { ModelShape } from '../__fixtures__/vectors.ts';
import { collections, scalars } from './converse-scalars.ts';
import { structures, unions } from './converse-shapes.ts';

const { shapes } = readVectors('bedrock-model');
const names = Object.keys(shapes);

function describeOurs(name: string): unknown {
  const members = structures[name];
  if (members) {
    const types = Object.entries(members).map(([key, type]) => [key, type.replace('!', '')]);
    const required = Object.keys(members).filter((key) => members[key]!.endsWith('!'));
    return { members: Object.fromEntries(types), required: required.sort(), union: unions.has(name) };
  }
  return collections[name] ?? scalars[name];
}

function describeTheirs({
  type,
  members,
  required,
  union,
  enum: values,
  member,
  key,
  value,
  ...bounds
}: ModelShape): unknown {
  switch (type) {
    case 'structure':
      return { members, required, union };
    case 'list':
      return { of: member, ...bounds };
    case 'map':
      return { key, of: value, ...bounds };
    default:
      return { type, ...bounds, ...(values ? { values } : {}) };
  }
}

test.each(names)('%s is as in the API model', (name) => {
  expect(describeOurs(name)).toEqual(describeTheirs(shapes[name]!));
});

test('there are no shapes beside those of the API model', () => {
  const ours = [...Object.keys(structures), ...Object.keys(collections), ...Object.keys(scalars)];
  expect(ours.sort()).toEqual([...names].sort());
  expect(names.length).toBeGreaterThan(100);
});
