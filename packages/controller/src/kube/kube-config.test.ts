import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKubeConfig } from './kube-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'aigw-kubeconfig-'));
const path = join(folder, 'config');
writeFileSync(
  path,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: ['one', 'two'].map((name) => ({ name, cluster: { server: `https://${name}.test` } })),
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: ['one', 'two'].map((name) => ({ name, context: { cluster: name, user: 'u' } })),
    'current-context': 'one',
  }),
);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  { choice: { path }, server: 'https://one.test' },
  { choice: { path, context: 'two' }, server: 'https://two.test' },
])('$choice.context leads to $server', async ({ choice, server }) => {
  expect((await loadKubeConfig(choice)).getCurrentCluster()?.server).toBe(server);
});

test.each([
  { choice: { path: join(folder, 'none') }, message: /^the kubeconfig cannot be read: .*none/ },
  { choice: { path, context: 'three' }, message: /^the kubeconfig has no context "three"; it has one, two$/ },
])('what cannot be used is a sentence: $message', async ({ choice, message }) => {
  await expect(loadKubeConfig(choice)).rejects.toMatchObject({
    status: 0,
    message: expect.stringMatching(message) as string,
  });
});

test('no kubeconfig at all is said, and nothing is made up', async () => {
  const { HOME, KUBECONFIG } = process.env;
  process.env['HOME'] = folder;
  delete process.env['KUBECONFIG'];
  try {
    await expect(loadKubeConfig({})).rejects.toThrow(/^there is no kubeconfig/);
  } finally {
    process.env['HOME'] = HOME;
    if (KUBECONFIG !== undefined) process.env['KUBECONFIG'] = KUBECONFIG;
  }
});
