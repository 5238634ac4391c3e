import { spawn } from 'node:child_process';
import { repositoryRoot } from '../src/launchers/process-launcher.ts';
import { findBinary } from './binaries/binaries.ts';

/** How `kubectl` ended. */
export interface KubectlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An administrator's kubectl. */
export interface Kubectl {
  /** Runs it to its end, in the repository's root folder. */
  kubectl(args: readonly string[], input?: string): Promise<KubectlResult>;
  /** The same, for what must succeed; returns its output. */
  mustKubectl(args: readonly string[], input?: string): Promise<string>;
}

/** Runs the kubectl of our Kubernetes' version. */
export function createKubectl(kubeconfig: string, home: string): Kubectl {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, KUBECONFIG: kubeconfig };
  const kubectl: Kubectl['kubectl'] = async (args, input = '') => {
    const child = spawn(await findBinary('kubectl'), args, { env, cwd: repositoryRoot });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve({ code, stdout, stderr });
      });
    });
  };
  return {
    kubectl,
    mustKubectl: async (args, input) => {
      const { code, stdout, stderr } = await kubectl(args, input);
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr || stdout}`);
      return stdout;
    },
  };
}
