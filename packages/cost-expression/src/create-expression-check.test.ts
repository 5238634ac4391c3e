import { createExpressionCheck } from './create-expression-check.ts';

test.each([
  ['input_tokens + 2u * output_tokens', undefined],
  ['', 'expected a CEL expression'],
  [' ', 'expected a CEL expression'],
  ['nosuch + 1', 'Unknown variable: nosuch'],
  ['model', 'the expression must give a number'],
])('%j: %s', (expression, problem) => {
  const check = createExpressionCheck();
  expect([check(expression), check(expression)]).toEqual([problem, problem]);
});

test('many expressions do not fill the memory, and the answers stay right', () => {
  const check = createExpressionCheck();
  const expressions = Array.from({ length: 1500 }, (_, index) =>
    index % 2 === 0 ? `${index}` : `x${index}`,
  );
  const problems = expressions.map(check);
  expect(problems).toEqual(
    expressions.map((text) => (text.startsWith('x') ? `Unknown variable: ${text}` : undefined)),
  );
});
