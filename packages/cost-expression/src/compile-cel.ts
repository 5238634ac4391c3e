import { Environment } from '@marcbachmann/cel-js';

/** What an expression can see. Token counts are integers. */
export interface CelVariables {
  readonly model: string;
  readonly backend: string;
  readonly route_name: string;
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly reasoning_tokens: number;
}

const textVariables = ['model', 'backend', 'route_name'] as const;
const tokenVariables = [
  'input_tokens',
  'cached_input_tokens',
  'cache_creation_input_tokens',
  'output_tokens',
  'total_tokens',
  'reasoning_tokens',
] as const;

/** A compiled expression; a whole number of at least zero, or a throw that says why there is none. */
export type CelExpression = (variables: CelVariables) => number;

const sample: CelVariables = {
  model: 'model',
  backend: 'backend',
  route_name: 'route',
  input_tokens: 3,
  cached_input_tokens: 1,
  cache_creation_input_tokens: 1,
  output_tokens: 2,
  total_tokens: 5,
  reasoning_tokens: 1,
};

/**
 * Compiles a cost expression. Arithmetic is lenient: `output_tokens * 2`, `* 2u` and `* 0.5` all work, and a difference of
 * token counts may be negative on the way.
 * @throws Error when it does not parse, names something unknown, or gives no number.
 * @see https://github.com/google/cel-spec/blob/master/doc/langdef.md
 */
export function compileCel(expression: string): CelExpression {
  const checked = environment.check(expression);
  if (!checked.valid) throw new Error(firstLine(checked.error?.message));
  const evaluate = environment.parse(expression);
  const compiled: CelExpression = (variables) => toCost(evaluate(toContext(variables)));
  try {
    compiled(sample);
  } catch (error) {
    // A division by a count that happens to be zero is no reason to refuse; a text for a number is.
    if (error instanceof NotANumberError) throw error;
  }
  return compiled;
}

class NotANumberError extends Error {}

/** Negative results count as nothing; fractions are cut off, as Envoy's rate limit would. */
function toCost(result: unknown): number {
  const primitive: unknown = typeof result === 'object' && result !== null ? result.valueOf() : result;
  if (typeof primitive !== 'bigint' && typeof primitive !== 'number') {
    throw new NotANumberError('the expression must give a number');
  }
  const value = Number(primitive);
  if (!Number.isFinite(value)) throw new Error('the result is not finite');
  return Math.max(0, Math.trunc(value));
}

function toContext(variables: CelVariables): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const name of textVariables) context[name] = variables[name];
  for (const name of tokenVariables) context[name] = BigInt(variables[name]);
  return context;
}

function firstLine(message = 'is not valid CEL'): string {
  return message.split('\n', 1)[0] ?? '';
}

const arithmetic = {
  '+': [(a: bigint, b: bigint) => a + b, (a: number, b: number) => a + b],
  '-': [(a: bigint, b: bigint) => a - b, (a: number, b: number) => a - b],
  '*': [(a: bigint, b: bigint) => a * b, (a: number, b: number) => a * b],
  '/': [(a: bigint, b: bigint) => a / b, (a: number, b: number) => a / b],
} as const;

const mixedIntegers = [
  ['int', 'uint'],
  ['uint', 'int'],
] as const;
const mixedDoubles = [
  ['int', 'double'],
  ['double', 'int'],
  ['uint', 'double'],
  ['double', 'uint'],
] as const;

/**
 * CEL proper forbids mixing kinds of numbers, and its unsigned difference fails below zero; both would cost an operator the
 * expression that documentation suggests. Counts are therefore dynamic integers, and mixing is defined here.
 */
function createEnvironment(): Environment {
  const created = new Environment({ limits: { maxAstNodes: 1000, maxDepth: 50 } });
  for (const name of textVariables) created.registerVariable(name, 'string');
  for (const name of tokenVariables) created.registerVariable(name, 'dyn');
  for (const [operator, [onIntegers, onDoubles]] of Object.entries(arithmetic)) {
    for (const [left, right] of mixedIntegers) {
      created.registerOperator(`${left} ${operator} ${right}: int`, (a: unknown, b: unknown) =>
        onIntegers(toBigInt(a), toBigInt(b)),
      );
    }
    for (const [left, right] of mixedDoubles) {
      created.registerOperator(`${left} ${operator} ${right}: double`, (a: unknown, b: unknown) =>
        onDoubles(Number(a), Number(b)),
      );
    }
  }
  return created;
}

function toBigInt(value: unknown): bigint {
  return BigInt(Number(value));
}

const environment = createEnvironment();
