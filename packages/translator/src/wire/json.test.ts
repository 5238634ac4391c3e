import fc from 'fast-check';
import { TranslationError } from '../errors.ts';
import { encodeJson, parseJsonDocument, rawJson, type JsonObject, type JsonValue } from './json-document.ts';
import { spliceJson } from './json-splice.ts';

const utf8 = new TextEncoder();
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const parse = (text: string): ReturnType<typeof parseJsonDocument> => parseJsonDocument(utf8.encode(text));
const spaces = fc.stringMatching(/^[ \n\r\t]{0,3}$/);
const wellFormed = fc
  .jsonValue({ stringUnit: 'binary' })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

function allPaths(value: JsonValue, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: [string | number, JsonValue][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [path, ...entries.flatMap(([key, member]) => allPaths(member, [...path, key]))];
}

describe('parseJsonDocument', () => {
  test('gives the source text of every value', () => {
    fc.assert(
      fc.property(wellFormed, fc.integer({ min: 0, max: 3 }), spaces, (value, indent, space) => {
        const document = parse(space + JSON.stringify(value, null, indent) + space);
        expect(document.value).toEqual(value);
        for (const path of allPaths(value)) {
          const expected = path.reduce<JsonValue>((at, key) => (at as JsonObject)[key as string]!, value);
          expect(JSON.parse(document.rawAt(path)!)).toEqual(expected);
        }
      }),
    );
  });

  test.each([
    ['{"a":12345678901234567890}', ['a'], '12345678901234567890'],
    ['{"a": {"z":1, "b":1e400} }', ['a'], '{"z":1, "b":1e400}'],
    ['{"a":"\\\\","b":["x\\"]",-0.50]}', ['b', 1], '-0.50'],
    ['{"a":1,"\\u0061":2}', ['a'], '2'],
    ['{"__proto__":{"x":3}}', ['__proto__', 'x'], '3'],
    ['{"a":[]}', ['a', 0], undefined],
    ['{"a":1}', ['a', 'b'], undefined],
    ['{}', ['toString'], undefined],
  ])('%s at %j', (text, path, expected) => {
    expect(parse(text).rawAt(path)).toBe(expected);
  });

  test('refuses nesting that nobody means, and takes the rest', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    const document = parse(`{"a":${nested(999)},"b":1}`);
    expect(document.rawAt(['a'])).toBe(nested(999));
    expect(encodeJson(document.value)).toBe(document.text);
    expect(decode(spliceJson(document, [{ path: ['b'], value: '2' }]))).toBe(`{"a":${nested(999)},"b":2}`);
    for (const depth of [1001, 200_000]) {
      expect(() => parse(`{"a":${nested(depth)}}`).rawAt(['a'])).toThrow('nested deeper than 1000 levels');
    }
  });

  test('tolerates a byte order mark', () => {
    expect(parse('\ufeff{"a":1}').value).toEqual({ a: 1 });
  });

  test.each(['', '{', '{"a":1,}', "{'a':1}", '{"a":01}', '{"a":NaN}', '{} x', '"\u0000"'])(
    'refuses %j',
    (text) => {
      expect(() => parse(text)).toThrow(TranslationError);
      expect(() => parse(text)).toThrow(/^The body is not valid JSON: /);
    },
  );

  test('refuses bytes that are not UTF-8', () => {
    expect(() => parseJsonDocument(Uint8Array.of(0x22, 0xc3, 0x22))).toThrow('The body is not valid UTF-8');
  });
});

describe('encodeJson', () => {
  test('agrees with JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => encodeJson(value as JsonValue) === JSON.stringify(value)),
    );
  });

  test('writes raw leaves unchanged and leaves out what is undefined', () => {
    expect(encodeJson({ a: rawJson('1.0'), b: undefined, c: [rawJson('{"z": 1}')] })).toBe(
      '{"a":1.0,"c":[{"z": 1}]}',
    );
  });
});

describe('spliceJson', () => {
  const names = fc.constantFrom('a', 'b', 'c', 'd', '\n"');
  const edits = fc.uniqueArray(
    fc.record({ name: names, value: fc.option(fc.constant('"new"'), { nil: undefined }) }),
    {
      selector: ({ name }) => name,
    },
  );

  test('does to the text what the edits do to the value', () => {
    fc.assert(
      fc.property(
        fc.dictionary(names, wellFormed),
        edits,
        fc.integer({ min: 0, max: 2 }),
        (value, changes, indent) => {
          const document = parse(JSON.stringify(value, null, indent));
          const expected = new Map(Object.entries(value as JsonObject));
          for (const change of changes) {
            if (change.value === undefined) expected.delete(change.name);
            else expected.set(change.name, 'new');
          }
          const spliced = spliceJson(
            document,
            changes.map((change) => ({ path: [change.name], value: change.value })),
          );
          expect(new Map(Object.entries(JSON.parse(decode(spliced)) as JsonObject))).toEqual(expected);
        },
      ),
    );
  });

  test.each([
    ['{ "model" : "a" , "x": 1.0 }', [{ path: ['model'], value: '"b"' }], '{ "model" : "b" , "x": 1.0 }'],
    ['{ "x": 1.0 }', [{ path: ['y'], value: '2' }], '{ "x": 1.0,"y":2 }'],
    ['{ }', [{ path: ['y'], value: '2' }], '{"y":2 }'],
    ['{"a":1, "b":2, "c":3}', [{ path: ['b'], value: undefined }], '{"a":1, "c":3}'],
    [
      '{"a":1, "b":2, "c":3}',
      [
        { path: ['a'], value: undefined },
        { path: ['b'], value: undefined },
      ],
      '{"c":3}',
    ],
    ['{"a":1,"a":2,"b":3}', [{ path: ['a'], value: '9' }], '{"a":9,"b":3}'],
    ['{"a":1,"a":2}', [{ path: ['a'], value: undefined }], '{}'],
    [
      '{"s":{"u":false},"t":1}',
      [
        { path: ['s', 'u'], value: 'true' },
        { path: ['t'], value: undefined },
      ],
      '{"s":{"u":true}}',
    ],
    ['{"m":[{"c":1},{"c":2}]}', [{ path: ['m', 0], value: undefined }], '{"m":[{"c":2}]}'],
    ['{"é":"😀","b":1}', [{ path: ['b'], value: '2' }], '{"é":"😀","b":2}'],
    ['{"a":1}', [{ path: ['z'], value: undefined }], '{"a":1}'],
  ])('%s with %j', (text, changes, expected) => {
    expect(decode(spliceJson(parse(text), changes))).toBe(expected);
  });

  test('refuses a parent that is no container, and overlapping edits', () => {
    expect(() => spliceJson(parse('{"a":null}'), [{ path: ['a', 'b'], value: '1' }])).toThrow(RangeError);
    const overlapping = [
      { path: ['a'], value: '1' },
      { path: ['a', 'b'], value: '1' },
    ];
    expect(() => spliceJson(parse('{"a":{"b":2}}'), overlapping)).toThrow('Overlapping');
  });
});
