export { type CelExpression, type CelVariables, compileCel } from './compile-cel.ts';
export { createExpressionCheck, type ExpressionCheck } from './create-expression-check.ts';
