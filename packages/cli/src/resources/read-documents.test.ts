import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readDocuments, splitPath } from './read-documents.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const noInput = () => Promise.reject(new Error('standard input was read'));
const write = async (name: string, content: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

test('numbers the documents of a file from 1 and skips empty ones', async () => {
  const file = await write('a.yaml', '# nothing\n---\nkind: A\n---\n---\nkind: B\n');
  const { documents, problems } = await readDocuments([file], noInput);
  expect(problems).toEqual([]);
  expect(documents.map(({ source, value }) => [source, value])).toEqual([
    [{ file, document: 1 }, { kind: 'A' }],
    [{ file, document: 3 }, { kind: 'B' }],
  ]);
});

test('reads the YAML and JSON files of a folder by name, and follows links', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'aigw-test-'));
  await writeFile(join(outside, 'c.yaml'), 'kind: C');
  await write('b.yml', 'kind: B');
  await write('a.json', '{"kind": "A"}');
  await write('note.txt', 'not: read');
  await write('.hidden.yaml', 'not: read');
  await symlink(join(outside, 'c.yaml'), join(folder, 'c.yaml'));
  const { documents, files } = await readDocuments([folder], noInput);
  expect(documents.map(({ value }) => value)).toEqual([{ kind: 'A' }, { kind: 'B' }, { kind: 'C' }]);
  expect(files).toEqual([folder, join(folder, 'a.json'), join(folder, 'b.yml'), join(folder, 'c.yaml')]);
  await rm(outside, { recursive: true });
});

test('reads standard input for -', async () => {
  const { documents, files } = await readDocuments(['-'], () => Promise.resolve('kind: A\n---\nkind: B'));
  expect(documents.map(({ source }) => source)).toEqual([
    { file: '-', document: 1 },
    { file: '-', document: 2 },
  ]);
  expect(files).toEqual([]);
});

test('takes the items of a List as documents', async () => {
  const file = await write('list.yaml', 'apiVersion: v1\nkind: List\nitems:\n  - kind: A\n  - kind: B\n');
  const { documents } = await readDocuments([file], noInput);
  expect(documents.map(({ value }) => value)).toEqual([{ kind: 'A' }, { kind: 'B' }]);
});

test('reports everything that is wrong at once, with lines', async () => {
  const broken = await write('broken.yaml', 'kind: A\n---\na: 1\na: 2\n---\nb: [1,\n');
  const missing = join(folder, 'missing.yaml');
  const { documents, problems } = await readDocuments([broken, missing], noInput);
  expect(documents.map(({ value }) => value)).toEqual([{ kind: 'A' }]);
  expect(problems.map(({ source, line }) => [source?.document, line])).toEqual([
    [2, 4],
    [3, 7],
    [undefined, undefined],
  ]);
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/unique/),
    expect.stringMatching(/^YAML: /),
    `${missing}: no such file or folder`,
  ]);
});

test('reports a folder without any resource file', async () => {
  const { problems } = await readDocuments([folder], noInput);
  expect(problems).toEqual([{ message: `${folder}: no .yaml, .yml or .json file in this folder` }]);
});

test('a bomb of aliases is refused, not expanded', async () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`,
  );
  const file = await write('bomb.yaml', ['l0: &l0 [x]', ...levels].join('\n'));
  const { documents, problems } = await readDocuments([file], noInput);
  expect(documents).toEqual([]);
  expect(problems).toEqual([expect.objectContaining({ source: { file, document: 1 } })]);
});

test.each([
  ['metadata', 2],
  ['metadata.name', 2],
  ['spec.rules[1].name', 6],
  ['spec.rules[1].missing', 6],
  ['spec.rules[7]', 5],
  ['spec["a.b/c"]', 8],
  ['', 1],
  ['nowhere.at.all', 1],
])('the line of %j is %d', async (path, line) => {
  const file = await write(
    'a.yaml',
    'kind: A\nmetadata: { name: a }\nspec:\n  rules:\n    - name: one\n    - name: two\n  # a comment\n  a.b/c: 1\n',
  );
  const { documents } = await readDocuments([file], noInput);
  expect(documents[0]?.lineOf(path)).toBe(line);
});

test('splits field paths as they are written in problems', () => {
  expect(splitPath('spec.rules[0].matches[12].name')).toEqual(['spec', 'rules', 0, 'matches', 12, 'name']);
  expect(splitPath('metadata.annotations["a.b/c"]')).toEqual(['metadata', 'annotations', 'a.b/c']);
});
