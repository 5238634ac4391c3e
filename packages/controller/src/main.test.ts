import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from './main.ts';

test('without any API server it ends, and starts nothing', async () => {
  const home = mkdtempSync(join(tmpdir(), 'aigw-controller-'));
  const { HOME, KUBECONFIG } = process.env;
  process.env['HOME'] = home;
  delete process.env['KUBECONFIG'];
  try {
    expect(await main(['-adminAddr=:0', '-port=:0', '-webhookPort=0'])).toBe(1);
  } finally {
    process.env['HOME'] = HOME;
    if (KUBECONFIG !== undefined) process.env['KUBECONFIG'] = KUBECONFIG;
    rmSync(home, { recursive: true });
  }
});
