import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildResources } from './fixtures/resources.ts';
import { runAigw } from './launchers/process-launcher.ts';

const folder = mkdtempSync(join(tmpdir(), 'aigw-e2e-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const good = buildResources(
  [{ name: 'b', schema: { name: 'OpenAI' }, port: 9, apiKey: 'k' }],
  [{ models: ['m'], backends: [{ name: 'b' }] }],
);

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('files without a mistake are accepted, silently about problems', async () => {
  const { code, stderr } = await runAigw(['validate', write('good.yaml', good)]);
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error/i)]);
});

test('a mistake is reported with file, document and field path, and all mistakes at once', async () => {
  const bad = good.replace('name: OpenAI', 'name: OpenIA').replace('backendRefs:', 'backendRef:');
  const path = write('bad.yaml', bad);
  const { code, stdout, stderr } = await runAigw(['validate', path]);
  const said = stdout + stderr;
  expect(code).toBe(1);
  expect(said).toContain('bad.yaml');
  expect(said).toMatch(/document 2.*AIGatewayRoute/i);
  expect(said).toMatch(/spec\.rules\[0\]\.?.*backendRef\b/);
  expect(said).toMatch(/document 4.*AIServiceBackend/i);
  expect(said).toMatch(/spec\.schema\b/);
  expect(said).toMatch(/OpenAI.*AWSBedrock|AWSBedrock.*OpenAI/);
});

test('a faulty cost expression is reported with its field, by validate and by run', async () => {
  const cost = '\n  llmRequestCosts: [{metadataKey: k, type: CEL, cel: tokens * 2}]\n  rules:';
  const path = write('cost.yaml', good.replace(/\n {2}rules:/, cost));
  for (const command of [['validate'], ['run', '--mock']]) {
    const { code, stdout, stderr } = await runAigw([...command, path]);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(
      /cost\.yaml:\d+ \(document 2\) AIGatewayRoute .*spec\.llmRequestCosts\[0\]\.cel: .*Unknown variable: tokens/,
    );
  }
});

test('what follows from a mistake is not said besides', async () => {
  const bad = good.replace('name: OpenAI', 'name: OpenIA');
  const { code, stderr } = await runAigw(['validate', write('one.yaml', bad)]);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^aigw: error: .*one\.yaml:\d+ \(document 4\) AIServiceBackend default\/b: spec\.schema/,
    ),
    'aigw: 1 error',
  ]);
});

test('run starts nothing when a file is wrong', async () => {
  const path = write('bad-run.yaml', good.replace('name: OpenAI', 'name: OpenIA'));
  const { code, stdout, stderr } = await runAigw(['run', '--mock', path]);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain('spec.schema');
  expect(stdout + stderr).not.toContain('listening');
});

test('YAML that does not parse is reported with its line', async () => {
  const { code, stdout, stderr } = await runAigw([
    'validate',
    write('broken.yaml', 'kind: Gateway\nspec: [1,\n'),
  ]);
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/broken\.yaml:(2|3)/);
});

test('a route to a backend that does not exist is a mistake', async () => {
  const path = write('dangling.yaml', good.replaceAll('- name: b\n', '- name: nowhere\n'));
  const { code, stdout, stderr } = await runAigw(['validate', path]);
  expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('nowhere')]);
});

test('a file that does not exist is named', async () => {
  const { code, stdout, stderr } = await runAigw(['validate', join(folder, 'missing.yaml')]);
  expect([code, stdout + stderr]).toEqual([1, expect.stringContaining('missing.yaml')]);
});

test('an unknown kind is named in a warning', async () => {
  const path = write(
    'other.yaml',
    `${good}---\napiVersion: example.com/v1\nkind: Teapot\nmetadata: {name: t}\n`,
  );
  const { code, stdout, stderr } = await runAigw(['validate', path]);
  expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('Teapot')]);
});

test('resources may come from stdin', async () => {
  const { code } = await runAigw(['validate', '-'], { input: good });
  expect(code).toBe(0);
});
