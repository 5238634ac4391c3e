import fc from 'fast-check';
import { parseYaml } from './parse-yaml.ts';

test('any JSON object is read as JSON has it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 2000 }), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      expect(parseYaml(text, 'f')).toEqual(JSON.parse(text));
    }),
  );
});

test.each(['{version: dev, backends: []}', 'version: dev\nbackends: []\n'])('YAML: %s', (text) => {
  expect(parseYaml(text, 'f')).toEqual({ version: 'dev', backends: [] });
});

test.each([
  ['{"version": "secret-key"', /^f:1:25: not valid YAML \(\w+\)$/],
  ['{"version":\n "secret-key" }}', /^f:2:16: not valid YAML \(\w+\)$/],
])('what is neither is told by its place, without its text: %s', (text, message) => {
  expect(() => parseYaml(text, 'f')).toThrow(message);
});
