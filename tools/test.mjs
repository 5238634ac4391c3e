/** `npm test`: everything that `npm run check` does, then the build and the end-to-end tests with a real Envoy. */
import { checkSteps, runSteps } from './check.mjs';
import { runCommand } from './run-command.mjs';
import { formatCounts } from './test-counts.mjs';

async function describeDocker() {
  const { ok } = await runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { quiet: true });
  if (ok) return undefined;
  return 'left out: the container launcher (testcontainers), because no Docker daemon answers; the process launcher runs the same requests';
}

const leftOut = await describeDocker();
const { ok, counts, lines } = await runSteps([
  ...checkSteps,
  ['build', () => runCommand('npm', ['run', '--silent', 'build'])],
  ['end to end', () => runCommand('npm', ['run', '--silent', 'e2e', '-w', 'e2e'])],
]);
console.log(`\n${lines.join('\n')}`);
if (leftOut !== undefined) console.log(`  ${leftOut}`);
console.log(formatCounts(counts));
process.exitCode = ok && counts.failed === 0 ? 0 : 1;
