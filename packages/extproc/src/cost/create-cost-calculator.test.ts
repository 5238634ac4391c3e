import type { LlmRequestCost } from '@aigw/api-types';
import type { CostLabels } from './cost-calculator.ts';
import { createCostCalculator } from './create-cost-calculator.ts';

const labels: CostLabels = { backend: 'ns/b/route/r/rule/0/ref/0', model: 'm', routeName: 'ns/r' };
const usage = {
  inputTokens: 100,
  cachedInputTokens: 20,
  cacheCreationInputTokens: 30,
  outputTokens: 50,
  reasoningTokens: 10,
  totalTokens: 150,
};

function create(route: Partial<LlmRequestCost>[], global: Partial<LlmRequestCost>[] = []) {
  const errors: string[] = [];
  const fill = (cost: Partial<LlmRequestCost>): LlmRequestCost => ({
    metadataKey: 'k',
    type: 'TotalToken',
    ...cost,
  });
  const { calculator, issues } = createCostCalculator(
    { llmRequestCosts: route.map(fill), globalLLMRequestCosts: global.map(fill) },
    { onError: (key) => errors.push(key) },
  );
  return { calculator, issues, errors };
}

test('without any cost there is no metadata at all', () => {
  expect(create([]).calculator.metadata(usage, labels)).toEqual({});
});

test.each([
  ['InputToken', 100],
  ['OutputToken', 50],
  ['CachedInputToken', 20],
  ['CacheCreationInputToken', 30],
  ['ReasoningToken', 10],
  ['TotalToken', 150],
] as const)('%s', (type, expected) => {
  const { calculator } = create([], [{ type }]);
  expect(calculator.metadata(usage, labels)).toEqual({ k: expected });
  expect(calculator.metadata({}, labels)).toEqual({ k: 0 });
});

test('a total that the provider did not give is input plus output', () => {
  const { calculator } = create(
    [],
    [{ type: 'TotalToken' }, { metadataKey: 'c', type: 'CEL', cel: 'total_tokens' }],
  );
  expect(calculator.metadata({ inputTokens: 3, outputTokens: 4 }, labels)).toEqual({ k: 7, c: 7 });
});

test("costs of the request's route come before global ones, the first match wins, and other keys are filled", () => {
  const { calculator } = create(
    [
      { routeName: 'ns/other', type: 'CEL', cel: '1' },
      { routeName: 'ns/r', model: 'other', type: 'CEL', cel: '2' },
      { routeName: 'ns/r', backend: 'ns/other', type: 'CEL', cel: '3' },
      { routeName: 'ns/r', backend: 'ns/b', model: 'm', type: 'CEL', cel: '4' },
      { routeName: 'ns/r', type: 'CEL', cel: '5' },
    ],
    [
      { type: 'CEL', cel: '6' },
      { metadataKey: 'g', type: 'CEL', cel: '7' },
    ],
  );
  expect(calculator.metadata(usage, labels)).toEqual({ k: 4, g: 7 });
  expect(calculator.metadata(usage, { ...labels, model: 'x' })).toEqual({ k: 5, g: 7 });
  expect(calculator.metadata(usage, { ...labels, routeName: 'ns/none' })).toEqual({ k: 6, g: 7 });
});

test('a backend filter takes the whole identity too', () => {
  const { calculator } = create([{ routeName: 'ns/r', backend: labels.backend }]);
  expect(calculator.metadata(usage, labels)).toEqual({ k: 150 });
});

test('an expression that fails leaves out its key alone, and is reported once', () => {
  const { calculator, errors } = create(
    [],
    [{ type: 'CEL', cel: '1 / output_tokens' }, { metadataKey: 'ok' }],
  );
  for (let index = 0; index < 3; index += 1) {
    expect(calculator.metadata({ inputTokens: 1, outputTokens: 0 }, labels)).toEqual({ ok: 1 });
  }
  expect(errors).toEqual(['k']);
});

test('expressions that do not compile are issues with their place', () => {
  const { issues } = create(
    [{ routeName: 'r' }, { routeName: 'r', type: 'CEL', cel: 'x' }],
    [{ type: 'CEL', cel: '"t"' }],
  );
  expect(issues).toEqual([
    { path: 'llmRequestCosts[1].cel', message: 'Unknown variable: x' },
    { path: 'globalLLMRequestCosts[0].cel', message: 'the expression must give a number' },
  ]);
});

test('many different labels do not fill the memory, and stay right', () => {
  const { calculator } = create([{ routeName: 'ns/r', model: 'm7', type: 'CEL', cel: '9' }], [{}]);
  for (let index = 0; index < 5000; index += 1) {
    const model = `m${index}`;
    expect(calculator.metadata(usage, { ...labels, model })).toEqual({ k: model === 'm7' ? 9 : 150 });
  }
});
