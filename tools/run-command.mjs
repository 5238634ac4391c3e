import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's own folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The pinned Node and the workspace's tools come first, whatever the machine has. */
const env = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_TUI: 'false',
  FORCE_COLOR: '0',
};
delete env.NODE_OPTIONS;

const limitMs = 30 * 60_000;

/**
 * Runs one program in the workspace folder; its output is shown while it comes and returned when it has ended.
 * A program that cannot be started, or that runs longer than half an hour, counts as failed.
 */
export function runCommand(command, args, { quiet = false, extraEnv = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...env, ...extraEnv },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    const take = (target) => (chunk) => {
      chunks.push(chunk);
      if (!quiet) target.write(chunk);
    };
    child.stdout.on('data', take(process.stdout));
    child.stderr.on('data', take(process.stderr));
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.on('error', (error) => resolve({ ok: false, output: `${command}: ${error.message}\n` }));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}
