import fc from 'fast-check';

import { indentJson } from './indent-json.ts';

test('values keep their source text', () => {
  const text = '{"n":12345678901234567890,"s":"\\u0041, {\\"}","e":[ ],"o":{},"l":[1.0,-0,true,null]}';
  expect(indentJson(text)).toBe(
    [
      '{',
      '  "n": 12345678901234567890,',
      '  "s": "\\u0041, {\\"}",',
      '  "e": [],',
      '  "o": {},',
      '  "l": [',
      '    1.0,',
      '    -0,',
      '    true,',
      '    null',
      '  ]',
      '}',
    ].join('\n'),
  );
});

test('what is not JSON comes back as it is', () => {
  for (const text of ['', 'data: {"a":1}\n\n', '{"a":1} {"b":2}', 'upstream connect error'])
    expect(indentJson(text)).toBe(text);
});

test('it looks as JSON.stringify makes it, for every value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2));
    }),
  );
});
