import fc from 'fast-check';
import { type CelVariables, compileCel } from './compile-cel.ts';

const variables: CelVariables = {
  model: 'm1',
  backend: 'ns/b/route/r/rule/0/ref/0',
  route_name: 'ns/r',
  input_tokens: 10,
  cached_input_tokens: 30,
  cache_creation_input_tokens: 4,
  output_tokens: 7,
  total_tokens: 17,
  reasoning_tokens: 2,
};

test.each([
  ['input_tokens + output_tokens', 17],
  ['output_tokens * 2', 14],
  ['output_tokens * 2u', 14],
  ['2u * output_tokens + 1', 15],
  ['output_tokens * 0.5', 3],
  ['0.5 * output_tokens', 3],
  ['cached_input_tokens * 0.1', 3],
  ['output_tokens / 2', 3],
  ['output_tokens / 2u', 3],
  ['input_tokens - cached_input_tokens', 0],
  ['input_tokens - cached_input_tokens + 25', 5],
  ['input_tokens > cached_input_tokens ? input_tokens - cached_input_tokens : 0u', 0],
  ['input_tokens > cached_input_tokens ? 1u : uint(5)', 5],
  ['model == "m1" ? input_tokens : uint(0)', 10],
  ['backend.startsWith("ns/b") && route_name == "ns/r" ? total_tokens * 3 : 0', 51],
  ['uint(input_tokens * 0.3) + reasoning_tokens', 5],
  ['int(cache_creation_input_tokens)', 4],
  ['42', 42],
])('%s is %i', (expression, expected) => {
  expect(compileCel(expression)(variables)).toBe(expected);
});

test.each([
  ['nosuch + 1', 'Unknown variable: nosuch'],
  ['model', 'must give a number'],
  ['input_tokens > 3', 'must give a number'],
  ['[input_tokens]', 'must give a number'],
])('%j is refused when it is loaded: %s', (expression, message) => {
  expect(() => compileCel(expression)).toThrow(message);
});

test.each(['', 'input_tokens +', 'model + 1', '('.repeat(2000)])(
  '%j is refused when it is loaded',
  (expression) => {
    expect(() => compileCel(expression)).toThrow();
  },
);

test.each(['input_tokens / 0', '1.0 / (output_tokens * 0.0)', '1u - 2u'])(
  '%s compiles, and throws when it is evaluated',
  (expression) => {
    const compiled = compileCel(expression);
    expect(() => compiled(variables)).toThrow();
  },
);

test('sums and products of counts are exact', () => {
  const count = fc.integer({ min: 0, max: 1e7 });
  const expression = compileCel('input_tokens * 2 + output_tokens * 3u + total_tokens');
  fc.assert(
    fc.property(count, count, count, (input_tokens, output_tokens, total_tokens) => {
      const given = { ...variables, input_tokens, output_tokens, total_tokens };
      expect(expression(given)).toBe(input_tokens * 2 + output_tokens * 3 + total_tokens);
    }),
  );
});

test('no expression makes compiling do anything but return or throw an Error', () => {
  fc.assert(
    fc.property(fc.string(), (expression) => {
      try {
        compileCel(expression);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});
