import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAssertionTests, findUncovered, findUnknownNumbers } from './docs/assertion-tests.mjs';
import { buildTable, escapeMarkdown, fillBlocks } from './docs/blocks.mjs';
import { buildMatrix } from './docs/matrix.mjs';

const source = String.raw`
test('stops are lists [A7]', () => {});
test.each([
  ['a row of a table [A8] [A9]', 1],
  ["it's quoted [A9]", 2],
])('%s', () => {});
test('A7 is named here, [A7] in the middle', () => {});
test('nothing', () => expect(list[A1]).toBe(2));
`;

test('titles that end in tags are found, with every number of theirs', () => {
  const found = findAssertionTests([['x.test.ts', source]]);
  assert.deepEqual(
    [...found].map(([number, tests]) => [number, tests.map(({ title }) => title)]),
    [
      [7, ['stops are lists']],
      [8, ['a row of a table']],
      [9, ['a row of a table', "it's quoted"]],
    ],
  );
});

test('assertions without test and deviation, and tags without assertion, are found', () => {
  const found = findAssertionTests([['x.test.ts', source]]);
  assert.deepEqual(findUncovered([7, 8, 9, 10, 11], found, [{ number: 11 }]), [10]);
  assert.deepEqual(findUnknownNumbers([7, 8], found, [{ number: 99 }]), [
    'x.test.ts: there is no assertion A9',
    'x.test.ts: there is no assertion A9',
    'deviations: there is no assertion A99',
  ]);
});

test('blocks are replaced, and filling twice changes nothing', () => {
  const page = 'a\n<!-- generated: x -->\n\nold\n\n<!-- end -->\nb\n';
  const filled = fillBlocks(page, { x: 'new $& text' });
  assert.equal(filled, 'a\n<!-- generated: x -->\n\nnew $& text\n\n<!-- end -->\nb\n');
  assert.equal(fillBlocks(filled, { x: 'new $& text' }), filled);
});

test('a page and its generator must have the same blocks', () => {
  const page = '<!-- generated: x -->\n<!-- end -->\n';
  assert.throws(() => fillBlocks(page, {}), /"x"/);
  assert.throws(() => fillBlocks(page, { x: '', y: '' }), /no block y/);
});

test('cells and text stay literal', () => {
  assert.equal(buildTable(['a'], [['x|y']]), '| a |\n| --- |\n| x\\|y |');
  assert.equal(escapeMarkdown('<b> `x` [1] *'), '\\<b\\> \\`x\\` \\[1\\] \\*');
});

test('the matrix says what a translation does, model by model where they differ', () => {
  class Refusal extends Error {}
  const paths = { Claude: '/model/c/invoke', other: '/model/n/converse' };
  const translator = {
    upstreams: [{ schema: 'AWSBedrock' }, { schema: 'OpenAI' }],
    TranslationError: { is: (error) => error instanceof Refusal },
    parseClientRequest: ({ endpoint, path, body }) => ({
      endpoint,
      path,
      model: JSON.parse(new TextDecoder().decode(body)).model,
    }),
    createTranslator: ({ endpoint, path, model }, { schema }) => {
      if (endpoint === 'completions') throw new Refusal();
      if (endpoint === 'countTokens') return { answer: () => ({}) };
      const own = model.includes('claude') ? paths.Claude : paths.other;
      return { request: () => ({ path: schema.name === 'OpenAI' ? path : own }) };
    },
  };
  const { head, rows } = buildMatrix(translator);
  assert.deepEqual(head, ['client endpoint', '`OpenAI`', '`AWSBedrock`']);
  assert.deepEqual(rows[1], [
    '`/v1/messages`, `/anthropic/v1/messages`',
    'passed on',
    'Claude: InvokeModel; others: Converse',
  ]);
  assert.equal(rows[2][1], 'answered by the gateway');
  assert.deepEqual(rows.at(-1), ['`/v1/completions`', '–', '–']);
});

test('a defect of a translation is not taken for a refusal', () => {
  const translator = {
    upstreams: [{ schema: 'OpenAI' }],
    TranslationError: { is: () => false },
    parseClientRequest: () => {
      throw new TypeError('defect');
    },
  };
  assert.throws(() => buildMatrix(translator), /defect/);
});

test('every assertion has one number, from 1 to 125, and a rule', async () => {
  const { assertionGroups } = await import('../packages/translator/src/testing/assertions.ts');
  const assertions = assertionGroups.flatMap((group) => group.assertions);
  assert.deepEqual(
    assertions.map(({ number }) => number),
    Array.from({ length: 125 }, (_, index) => index + 1),
  );
  assert.equal(new Set(assertions.map(({ rule }) => rule)).size, 125);
});
