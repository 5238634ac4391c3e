import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { type ProcessCluster, startProcessCluster } from './process-cluster.ts';

/** The tests that run against any cluster, against one that is there already. */

const run = promisify(execFile);

let cluster: ProcessCluster;

beforeAll(async () => {
  cluster = await startProcessCluster();
}, 900_000);

afterAll(async () => {
  await cluster.stop();
});

test('the guides are tested against the cluster of a kubeconfig', async () => {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'run.ts'), '--json', 'guides'], {
    cwd: repositoryRoot,
    maxBuffer: 64 << 20,
    env: { ...process.env, E2E_KUBECONFIG: cluster.server.kubeconfig, E2E_CLUSTER_URL: cluster.url },
  });
  const { numPassedTests, numFailedTests } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  expect(numFailedTests).toBe(0);
  expect(numPassedTests).toBeGreaterThan(4);
}, 300_000);
