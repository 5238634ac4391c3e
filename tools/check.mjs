/** `npm run check`: format, repository rules, lint with boundaries, types, unit tests. What CI runs. */
import { pathToFileURL } from 'node:url';
import { findRepositoryProblems } from './repository.mjs';
import { runCommand } from './run-command.mjs';
import { addCounts, formatCounts, noTests, parseTestCounts } from './test-counts.mjs';

const nx = (target) => () =>
  runCommand('nx', ['run-many', '-t', target, '--output-style=static', '--parallel=2']);

async function checkRepository() {
  const problems = findRepositoryProblems();
  for (const problem of problems) console.log(`  ${problem}`);
  return { ok: problems.length === 0, output: '' };
}

/** Every package that has tests must have said how many ran: a runner that fell silent is not a success. */
async function runUnitTests() {
  const projects = await runCommand('nx', ['show', 'projects', '--with-target', 'test', '--json'], {
    quiet: true,
  });
  const expected = projects.ok ? JSON.parse(projects.output.slice(projects.output.indexOf('['))).length : 0;
  const tests = await nx('test')();
  const { reports } = parseTestCounts(tests.output);
  const complete = expected > 0 && reports === expected;
  if (!complete) console.log(`  ${reports} of ${expected} packages reported how many tests they ran`);
  return { ok: tests.ok && complete, output: tests.output };
}

const steps = [
  ['format', () => runCommand('prettier', ['--check', '--log-level=warn', '.'])],
  ['repository', checkRepository],
  [
    'generated pages',
    () =>
      runCommand('node', ['--conditions=@aigw/source', 'tools/generate-docs.mjs', '--check', '--complete']),
  ],
  [
    'generated resource definitions',
    () => runCommand('node', ['--conditions=@aigw/source', 'tools/generate-crds.mjs', '--check']),
  ],
  ['types', nx('typecheck')],
  ['lint and boundaries', nx('lint')],
  [
    'planted violations are found',
    () =>
      runCommand('node', [
        '--test',
        '--test-reporter=spec',
        'tools/*.test.mjs',
        'tools/lint/*.test.mjs',
        'images/*.test.mjs',
      ]),
  ],
  ['unit tests', runUnitTests],
];

/** Runs the steps in order, all of them whatever fails, and returns whether all went well and how many tests ran. */
export async function runSteps(list) {
  let counts = noTests;
  const lines = [];
  for (const [name, run] of list) {
    const start = performance.now();
    console.log(`\n== ${name}`);
    const { ok, output } = await run();
    counts = addCounts(counts, parseTestCounts(output));
    lines.push(
      `  ${ok ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
    );
  }
  return { ok: lines.every((line) => !line.includes('FAILED')), counts, lines };
}

/** The steps of `npm run check`. */
export const checkSteps = steps;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { ok, counts, lines } = await runSteps(steps);
  console.log(`\n${lines.join('\n')}\n${formatCounts(counts)}`);
  process.exitCode = ok ? 0 : 1;
}
