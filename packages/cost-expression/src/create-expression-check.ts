import { compileCel } from './compile-cel.ts';

/** Why a cost expression cannot be used; `undefined` for one that can. */
export type ExpressionCheck = (expression: string) => string | undefined;

const maxKnown = 1000;

function problemOf(expression: string): string | undefined {
  if (expression.trim() === '') return 'expected a CEL expression';
  try {
    compileCel(expression);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'is not valid CEL';
  }
}

/** A check that remembers its answers, up to a bound: the same few expressions are looked at with every change of a route. */
export function createExpressionCheck(): ExpressionCheck {
  const known = new Map<string, string | undefined>();
  return (expression) => {
    if (known.has(expression)) return known.get(expression);
    if (known.size >= maxKnown) known.clear();
    const problem = problemOf(expression);
    known.set(expression, problem);
    return problem;
  };
}
