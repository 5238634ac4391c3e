import { randomUUID } from 'node:crypto';

import type { EnvoySearch, EnvoyStep, StepResult } from './envoy-step.ts';
import { pinnedEnvoyVersion } from './envoy-version.ts';
import { type ProgramResult, runProgram } from './run-program.ts';

/** The Envoy project's own image. */
export const envoyImage = `docker.io/envoyproxy/envoy:distroless-v${pinnedEnvoyVersion}`;

const pullTimeoutMs = 300_000;

/** Envoy's image, on the host's network, so that it listens where we say; the run directory is shared with it. */
export const envoyContainer: EnvoyStep = {
  title: 'container image',
  find: async ({ env, note }): Promise<StepResult> => {
    if (process.platform !== 'linux') {
      return {
        outcome: 'skipped',
        reason: "needs Linux: elsewhere containers cannot share the host's network and sockets",
      };
    }
    const daemon = await askDaemon(env);
    if (!daemon.ok) return { outcome: 'skipped', reason: `docker: ${daemon.reason}` };
    const present = await runProgram('docker', ['image', 'inspect', envoyImage], { timeoutMs: 10_000, env });
    if (!present.ok) {
      note(`envoy: pulling ${envoyImage}`);
      const pulled = await runProgram('docker', ['pull', '--quiet', envoyImage], {
        timeoutMs: pullTimeoutMs,
        env,
      });
      if (!pulled.ok) return { outcome: 'skipped', reason: `docker pull: ${pulled.reason}` };
    }
    return {
      outcome: 'found',
      envoy: {
        version: pinnedEnvoyVersion,
        origin: `container ${envoyImage}`,
        command: buildContainerCommand,
      },
    };
  },
};

/** Whether a Docker daemon answers that could run Envoy. */
export async function hasDocker({ env }: Pick<EnvoySearch, 'env'>): Promise<boolean> {
  return process.platform === 'linux' && (await askDaemon(env)).ok;
}

function askDaemon(env: EnvoySearch['env']): Promise<ProgramResult> {
  return runProgram('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000, env });
}

/** The `docker run` that starts Envoy as the calling user; ending the docker client ends the container. */
export function buildContainerCommand(
  args: readonly string[],
  directory: { path: string },
): { file: string; args: string[] } {
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const options = ['--rm', '--init', '--name', `aigw-envoy-${randomUUID().slice(0, 8)}`, '--network', 'host'];
  const mounts = ['--user', user, '--volume', `${directory.path}:${directory.path}`];
  return { file: 'docker', args: ['run', ...options, ...mounts, envoyImage, ...args] };
}
