import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neutralEnvironment, repositoryRoot } from '../src/launchers/process-launcher.ts';
import { findBinary } from './binaries/binaries.ts';
import type { EmptyCluster } from './process-cluster.ts';

/** How a script ended. */
export interface ScriptResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell in a checkout, as a reader of the pages has it, whose kubectl and helm lead to a cluster. */
export interface DocShell {
  /** Runs a script to its end; the first command that fails ends it. */
  run(script: string): Promise<ScriptResult>;
  remove(): void;
}

/** Files of examples, with what a reader would write into them. */
function copyExamples(target: string, rewrite: (yaml: string) => string): void {
  const source = join(repositoryRoot, 'examples');
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.yaml')) continue;
    mkdirSync(join(target, name, '..'), { recursive: true });
    writeFileSync(join(target, name), rewrite(readFileSync(join(source, name), 'utf8')));
  }
}

/** @param rewrite - puts the cluster's credentials and addresses into an example */
export async function createDocShell(
  { server }: Pick<EmptyCluster, 'server'>,
  rewrite: (yaml: string) => string,
): Promise<DocShell> {
  const folder = mkdtempSync(join(tmpdir(), 'aigw-cluster-docs-'));
  for (const name of ['charts', 'node_modules', 'package.json'])
    symlinkSync(join(repositoryRoot, name), join(folder, name));
  copyExamples(join(folder, 'examples'), rewrite);
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  for (const name of ['kubectl', 'helm'] as const) symlinkSync(await findBinary(name), join(programs, name));
  const env = {
    ...neutralEnvironment(),
    PATH: `${programs}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    KUBECONFIG: server.kubeconfig,
    npm_config_offline: 'true',
    NO_COLOR: '1',
  };
  return {
    run: (script) =>
      new Promise((resolve) => {
        const options = { cwd: folder, env, timeout: 400_000, maxBuffer: 64 << 20 };
        const child = execFile(
          'bash',
          ['-e', '-o', 'pipefail', '-c', script],
          options,
          (_, stdout, stderr) => {
            resolve({ code: child.exitCode ?? 1, stdout, stderr });
          },
        );
      }),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
