import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillApi, fillTroubleshooting } from './docs/api.mjs';
import { findAssertionTests, findUncovered, findUnknownNumbers } from './docs/assertion-tests.mjs';
import { buildTable, escapeMarkdown, fillBlocks } from './docs/blocks.mjs';
import { findBrokenLinks } from './docs/links.mjs';
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

const colour = {
  title: 'Colour',
  type: 'object',
  properties: { name: { type: 'string', description: 'Its name.' } },
};

/** A definition whose spec has `fields`, in each of `versions`. */
function definitionOf(kind, ...versions) {
  return {
    spec: {
      names: { kind },
      versions: versions.map(({ name, fields, rules = [] }, index) => ({
        name,
        storage: index === versions.length - 1,
        schema: {
          openAPIV3Schema: {
            description: `About ${kind}.`,
            required: ['spec'],
            properties: {
              spec: {
                title: `${kind}Spec`,
                properties: fields,
                'x-kubernetes-validations': rules.map((message) => ({ message })),
              },
            },
          },
        },
      })),
    },
  };
}

const apiPage = ['contents', 'kinds', 'shared', 'conditions', 'reasons']
  .map((name) => `<!-- generated: ${name} -->\n<!-- end -->\n`)
  .join('\n');
const reasonTexts = { Invalid: { meaning: 'It is not.', help: 'Correct it.' } };
const apiOf = (...definitions) =>
  fillApi(apiPage, {
    definitions,
    conditionMeanings: { Accepted: 'It is valid.' },
    reasonTexts,
  });

test('the API page has a section for each kind and type, and one for types of several kinds', () => {
  const fields = {
    sizes: {
      type: 'array',
      items: { type: 'integer' },
      maxItems: 3,
      description: 'How large.',
      default: [1],
      'x-kubernetes-list-type': 'set',
    },
    mode: { type: 'string', enum: ['A', 'B'], description: 'Which.' },
    colour: { ...colour, description: 'What it looks like.' },
  };
  const page = apiOf(
    definitionOf('Chair', { name: 'v1', fields, rules: ['no chair without legs'] }),
    definitionOf('Table', {
      name: 'v1',
      fields: { colours: { items: colour, description: 'All of them.' } },
    }),
  );
  const [kinds, shared] = page.split('generated: shared');
  for (const line of [
    '## Chair',
    '### ChairSpec',
    '- no chair without legs',
    '| `sizes` | list of integer | `[1]` | How large. At most 3 items. Each once. |',
    '| `mode` | string |  | Which. One of `A`, `B`. |',
    '| `colour` | [Colour](#colour) |  | What it looks like. |',
    '| `colours` | list of [Colour](#colour) |  | All of them. |',
  ])
    assert.ok(kinds.includes(`\n${line}\n`), line);
  assert.doesNotMatch(kinds, /### Colour/);
  assert.match(shared, /### Colour\n\nUsed by \[ChairSpec\]\(#chairspec\), \[TableSpec\]\(#tablespec\)\./);
  assert.match(page, /\| `Accepted` \| It is valid\. \|/);
  assert.match(page, /\| `Invalid` \| It is not\. \|/);
});

test('the page for operators says what helps', () => {
  const page = fillTroubleshooting('<!-- generated: reasons -->\n<!-- end -->\n', { reasonTexts });
  assert.match(page, /\| `Invalid` \| It is not\. \| Correct it\. \|/);
});

test('the API page says how versions differ, and nothing twice', () => {
  const older = { name: 'v1', fields: { a: { type: 'string' } }, rules: ['one'] };
  const inner = { type: 'object', properties: { x: {} }, 'x-kubernetes-validations': [{ message: 'in b' }] };
  const newer = { name: 'v2', fields: { ...older.fields, b: inner }, rules: ['two'] };
  assert.match(apiOf(definitionOf('Chair', older, { ...older, name: 'v2' })), /`v2` are the same\.\n/);
  const differences = apiOf(definitionOf('Chair', older, newer)).match(/^- only .*$/gm);
  assert.deepEqual(differences, [
    '- only `v1` has the rule “one” of `spec`',
    '- only `v2` has the rule “two” of `spec`',
    '- only `v2` has `spec.b`',
  ]);
});

test('links to files and headings that are not there are found', () => {
  const pages = new Map([
    ['docs/a.md', '# The `a` page\n[b](b/c.md#one-two) [self](#the-a-page) [web](https://x.example/#y)\n'],
    [
      'docs/b/c.md',
      '# C\n\n## One two\n\n[up](../a.md) [gone](../gone.md) [nothing](../a.md#nothing) [dir](.)\n',
    ],
  ]);
  const exists = (path) => pages.has(path) || path === 'docs/b';
  assert.deepEqual(findBrokenLinks(pages, exists), [
    'docs/b/c.md: there is no docs/gone.md',
    'docs/b/c.md: docs/a.md has no heading #nothing',
  ]);
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
