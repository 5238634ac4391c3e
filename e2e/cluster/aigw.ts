import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { neutralEnvironment, repositoryRoot } from '../src/launchers/process-launcher.ts';
import type { ApiServer } from './api-server.ts';
import { findBinary } from './binaries/binaries.ts';

/** How `aigw` ended. */
export interface AigwResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `aigw` to its end, with a cluster's kubeconfig, and nothing but helm on its PATH. */
export type Aigw = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<AigwResult>;

/** Helm may take minutes. */
const withinMs = 400_000;

/** The command line for an administrator of a cluster. */
export async function createAigw(server: ApiServer): Promise<Aigw> {
  const programs = join(server.folder, 'bin');
  mkdirSync(programs);
  symlinkSync(await findBinary('helm'), join(programs, 'helm'));
  const own = {
    ...neutralEnvironment(),
    PATH: programs,
    HOME: server.folder,
    KUBECONFIG: server.kubeconfig,
  };
  return async (args, env = {}) => {
    const program = join(repositoryRoot, 'packages/cli/bin/aigw.js');
    const child = spawn(process.execPath, [program, ...args], { env: { ...own, ...env }, timeout: withinMs });
    child.stdin.end();
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, stdout, stderr };
  };
}

/** Writes a kubeconfig like the administrator's, changed. @returns its path */
export function writeKubeconfig(
  { kubeconfig, folder }: ApiServer,
  name: string,
  change: (config: string) => string,
): string {
  const path = join(folder, `${name}.kubeconfig`);
  writeFileSync(path, change(readFileSync(kubeconfig, 'utf8')));
  return path;
}
