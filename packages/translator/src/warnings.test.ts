import { createWarningCollector } from './warnings.ts';

test('each field and reason once', () => {
  const collector = createWarningCollector({ unsupportedFields: 'Drop' });
  collector.drop('a', 'x');
  collector.drop('a', 'x');
  collector.change('a', 'y');
  expect(collector.warnings).toEqual([
    { path: 'a', action: 'dropped', reason: 'x' },
    { path: 'a', action: 'changed', reason: 'y' },
  ]);
});

test('a hundred are named, the rest is counted', () => {
  const collector = createWarningCollector({ unsupportedFields: 'Drop' });
  for (let index = 0; index < 250; index++) collector.drop(`k${index}`, 'x');
  collector.drop('k0', 'x');
  expect(collector.warnings).toHaveLength(101);
  expect(collector.warnings.at(-1)).toEqual({ path: '*', action: 'dropped', reason: 'and 150 more' });
});

test('where fields are rejected the first one ends the translation', () => {
  const collector = createWarningCollector({ unsupportedFields: 'Reject' });
  expect(() => collector.drop('a', 'x')).toThrow('a is not supported: x');
});
