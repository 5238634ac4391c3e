import { describeResource, loadResources } from './load-resources.ts';
import { formatProblem, sortProblems } from './problems.ts';

const load = (yaml: string) => loadResources(['-'], () => Promise.resolve(yaml));

test('every problem of every document, with its field, line and subject', async () => {
  const { entries, problems } = await load(
    [
      'apiVersion: v1\nkind: Secret\nmetadata: { name: good }',
      'apiVersion: aigateway.envoyproxy.io/v1beta1\nkind: AIServiceBackend\nmetadata: { name: bad, namespace: x }\nspec:\n  schema: { name: OpenIA }\n  backendRef: { name: b, kind: Backend, group: gateway.envoyproxy.io }',
      'just text',
      'apiVersion: example.com/v1\nkind: Teapot\nmetadata: { name: t }',
    ].join('\n---\n'),
  );
  expect(entries.map(({ resource, source }) => [resource.kind, source.document])).toEqual([
    ['Secret', 1],
    ['Ignored', 4],
  ]);
  expect(
    problems.map(({ severity, source, line, resource, path }) => [
      severity,
      source?.document,
      line,
      resource,
      path,
    ]),
  ).toEqual([
    ['error', 2, 9, 'AIServiceBackend x/bad', expect.stringMatching(/^spec\.schema/)],
    ['error', 3, 12, '', expect.any(String)],
    ['warning', 4, 15, 'Teapot default/t', 'kind'],
  ]);
});

test('finds the line of a field again for problems that planning finds', async () => {
  const { entries, locate } = await load('apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n');
  expect(locate(entries[0]!.source, 'metadata.name')).toBe(4);
  expect(locate({ file: 'other', document: 1 }, 'metadata.name')).toBeUndefined();
});

test.each([
  [{ kind: 'A', metadata: { name: 'b', namespace: 'c' } }, 'A c/b'],
  [{ kind: 'A', metadata: { name: 'b' } }, 'A default/b'],
  [{ kind: 'A' }, 'A'],
  [{ kind: 7, metadata: null }, ''],
  [null, ''],
])('describes %j as %j', (value, title) => {
  expect(describeResource(value)).toBe(title);
});

test('one line per problem', () => {
  const source = { file: 'a.yaml', document: 2 };
  expect(
    formatProblem({
      severity: 'error',
      source,
      line: 12,
      resource: 'A b/c',
      path: 'spec.x',
      message: 'expected y',
    }),
  ).toBe('error: a.yaml:12 (document 2) A b/c: spec.x: expected y');
  expect(formatProblem({ severity: 'warning', source, message: 'm' })).toBe(
    'warning: a.yaml (document 2): m',
  );
  expect(formatProblem({ severity: 'error', message: 'm' })).toBe('error: m');
});

test('errors come first, and each problem once', () => {
  const warning = { severity: 'warning', message: 'w' } as const;
  const error = { severity: 'error', message: 'e' } as const;
  expect(sortProblems([warning, error, { ...error }])).toEqual([error, warning]);
});
