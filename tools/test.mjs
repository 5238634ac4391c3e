/** `npm test`: everything that `npm run check` does, then the build and the end-to-end tests with a real Envoy. */
import { findMissingTools } from '../e2e/cluster/binaries/binaries.ts';
import { findClaudeCode } from '../e2e/src/fixtures/find-claude-code.ts';
import { checkSteps, runSteps } from './check.mjs';
import { runCommand } from './run-command.mjs';
import { formatCounts } from './test-counts.mjs';

async function describeDocker() {
  const { ok } = await runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { quiet: true });
  if (ok) return undefined;
  return 'left out: the container launcher (testcontainers), because no Docker daemon answers; the process launcher runs the same requests';
}

function describeClaudeCode() {
  if (findClaudeCode() !== undefined) return undefined;
  return 'left out: Claude Code itself, because it is not installed (npm run install-claude-code -w e2e); what it sends is tested';
}

/** `npm ci` inside of a build takes minutes. */
function describeImages() {
  if (process.env.E2E_IMAGES === '1') return undefined;
  return 'left out: building the images of images/Dockerfile (E2E_IMAGES=1, with a Docker daemon); what they collect is tested';
}

/**
 * Its programs are built from their sources, which takes minutes the first time: only when asked for. `E2E_CLUSTER=1` asks for
 * all of it, `E2E_CLUSTER=api-server` for what needs an API server alone.
 */
function planCluster() {
  const wanted = { 1: [], 'api-server': ['--', '--api-server'] }[process.env.E2E_CLUSTER ?? ''];
  if (wanted === undefined) {
    return { reason: 'left out: the Kubernetes cluster (npm run e2e:cluster, or E2E_CLUSTER=1)' };
  }
  const missing = findMissingTools();
  if (missing !== undefined) return { reason: `left out: the Kubernetes cluster, because ${missing}` };
  const command = ['run', '--silent', 'e2e:cluster', '-w', 'e2e', ...wanted];
  if (wanted.length === 0) return { command };
  const reason =
    'left out: Envoy Gateway and proxies in a Kubernetes cluster (npm run e2e:cluster, or E2E_CLUSTER=1)';
  return { command, reason };
}

const cluster = planCluster();
const leftOut = [await describeDocker(), describeImages(), describeClaudeCode(), cluster.reason].filter(
  (reason) => reason !== undefined,
);
const { ok, counts, lines } = await runSteps([
  ...checkSteps,
  ['build', () => runCommand('npm', ['run', '--silent', 'build'])],
  ['end to end', () => runCommand('npm', ['run', '--silent', 'e2e', '-w', 'e2e'])],
  ...(cluster.command === undefined ? [] : [['cluster', () => runCommand('npm', cluster.command)]]),
]);
console.log(`\n${lines.join('\n')}`);
for (const reason of leftOut) console.log(`  ${reason}`);
console.log(formatCounts(counts));
process.exitCode = ok && counts.failed === 0 ? 0 : 1;
