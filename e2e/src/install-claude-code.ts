/** `npm run install-claude-code -w e2e`: Claude Code from npm into the user's cache folder, for the tests that run it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claudeCodeFolder, claudeCodeVersion, findClaudeCode } from './fixtures/find-claude-code.ts';

const withinMs = 300_000;

/** Without its scripts: they would only link the program to another place. */
function install(folder: string): string | undefined {
  const name = `@anthropic-ai/claude-code@${claudeCodeVersion}`;
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, error, stderr } = spawnSync('npm', ['install', ...options, '--prefix', folder, name], {
    timeout: withinMs,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
    cwd: folder,
  });
  if (error) return error.message;
  return status === 0 ? undefined : stderr.trim();
}

/** Into a folder beside the final one first: what is there is whole. */
function installOnce(): string | undefined {
  const folder = claudeCodeFolder();
  mkdirSync(dirname(folder), { recursive: true });
  const draft = mkdtempSync(join(dirname(folder), 'installing-'));
  try {
    const problem = install(draft);
    if (problem !== undefined) return problem;
    if (findClaudeCode(draft) === undefined) return 'there is no program for this machine';
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const problem = findClaudeCode() === undefined ? installOnce() : undefined;
if (problem === undefined) process.stdout.write(`Claude Code ${claudeCodeVersion}: ${findClaudeCode()}\n`);
else {
  process.stderr.write(`Claude Code ${claudeCodeVersion} cannot be had: ${problem}\n`);
  process.exitCode = 1;
}
