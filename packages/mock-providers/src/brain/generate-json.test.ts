import fc from 'fast-check';
import { findPlaces, generateJson } from './generate-json.ts';

test.each([
  [
    'required properties only',
    { type: 'object', properties: { a: { type: 'integer' }, b: {} }, required: ['a'] },
    'x',
    { a: 1 },
  ],
  ['a number from the prompt', { type: 'integer' }, 'give me 7 of 9', 7],
  ['a number within its bounds', { type: 'number', minimum: 10, maximum: 20 }, 'give me 7', 10],
  ['a number below an exclusive bound', { type: 'integer', exclusiveMaximum: 5 }, 'give me 7', 4],
  ['a number above an exclusive bound', { type: 'integer', exclusiveMinimum: 7 }, 'give me 7', 8],
  ['an integer for a fraction', { type: 'integer' }, 'pi is 3.14', 4],
  [
    'the option that the prompt names',
    { enum: ['celsius', 'fahrenheit'] },
    'in Fahrenheit please',
    'fahrenheit',
  ],
  ['the first option', { enum: ['celsius', 'fahrenheit'] }, 'hot?', 'celsius'],
  ['a constant', { const: 5 }, '', 5],
  ['a default', { type: 'string', default: 'd' }, 'x', 'd'],
  [
    'an example of the description',
    { type: 'string', description: 'City, e.g. Oslo, NO' },
    'hot?',
    'Oslo, NO',
  ],
  ['a listed example', { type: 'string', examples: ['Oslo'] }, 'hot?', 'Oslo'],
  ['the prompt itself', { type: 'string' }, 'find cheap flights', 'find cheap flights'],
  ['something for an empty prompt', { type: 'string' }, '', 'example'],
  ['a string of its length', { type: 'string', minLength: 5, maxLength: 5 }, 'abc', 'abc..'],
  ['a short string', { type: 'string', maxLength: 2 }, 'abc', 'ab'],
  ['a list of its length', { type: 'array', items: { type: 'boolean' }, minItems: 2 }, '', [true, true]],
  ['the first alternative', { anyOf: [{ type: 'null' }, { type: 'string' }] }, '', null],
  ['the first of several types', { type: ['integer', 'null'] }, '', 1],
  ['a reference', { $ref: '#/$defs/n', $defs: { n: { type: 'integer' } } }, '3', 3],
  ['an object without a type', { properties: { a: {} }, required: ['a'] }, 'x', { a: 'x' }],
  ['required properties that are not described', { type: 'object', required: ['a'] }, 'x', { a: 'x' }],
])('%s', (_, schema, prompt, expected) => {
  expect(generateJson(schema, prompt)).toEqual(expected);
});

test('a schema that refers to itself ends', () => {
  const node = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] };
  expect(JSON.stringify(generateJson(node, 'x')).length).toBeLessThan(1000);
});

test('any JSON as schema gives some JSON, the same each time', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (schema, prompt) => {
      const given = generateJson({ type: 'object', properties: { a: schema }, required: ['a'] }, prompt);
      expect(given).toEqual(
        generateJson({ type: 'object', properties: { a: schema }, required: ['a'] }, prompt),
      );
      expect(JSON.stringify(given)).toBeDefined();
    }),
  );
});

test.each([
  ['the weather in Paris', ['Paris']],
  ['flights to New York and São Paulo.', ['New York', 'São Paulo']],
  ['in Rome, Oslo, and Bern?', ['Rome', 'Oslo', 'Bern']],
  ['nothing in particular', []],
])('places of "%s"', (prompt, places) => {
  expect(findPlaces(prompt)).toEqual(places);
});
