import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Envoy } from '../envoy/envoy-step.ts';
import type { ProcessSpec } from '../supervisor/supervised-process.ts';
import type { RunDirectory } from './run-directory.ts';
import type { LogLevel, RunOptions } from './run-options.ts';

/** The files of a run directory. */
export const runFiles = {
  filterConfig: 'filter-config.json',
  bootstrap: 'bootstrap.json',
  listeners: 'lds.json',
  routes: 'rds.json',
  clusters: 'cds.json',
  endpoints: 'eds.json',
  systemCa: 'system-ca.pem',
  extprocSocket: 'extproc.sock',
  extprocAdminSocket: 'extproc-admin.sock',
  envoyAdminSocket: 'envoy-admin.sock',
} as const;

/** Envoy's words for our levels. Never `debug`: there its ext_proc filter prints whole answers of ours, credentials included. */
const envoyLogLevels = {
  debug: 'info',
  info: 'info',
  warn: 'warning',
  error: 'error',
} as const satisfies Record<LogLevel, string>;

/** How long Envoy lets streams on replaced listeners go on. */
const drainSeconds = 600;

/** extproc as a process of its own. It inherits the environment, where AWS's default credential chain looks. */
export function describeExtproc(
  directory: RunDirectory,
  { logLevel, extprocFlags }: Pick<RunOptions, 'logLevel' | 'extprocFlags'>,
  env: Readonly<Record<string, string | undefined>>,
): ProcessSpec {
  const args = [
    findExtprocProgram(),
    ...['-configPath', directory.file(runFiles.filterConfig)],
    ...['-extProcAddr', `unix://${directory.file(runFiles.extprocSocket)}`],
    ...['-adminAddr', `unix://${directory.file(runFiles.extprocAdminSocket)}`],
    ...['-logLevel', logLevel],
    ...extprocFlags,
  ];
  return { name: 'extproc', file: process.execPath, args, env };
}

/** Envoy with the run directory's bootstrap. It gets no environment but PATH: it has no use for credentials. */
export function describeEnvoy(
  envoy: Envoy,
  directory: RunDirectory,
  logLevel: LogLevel,
  env: Readonly<Record<string, string | undefined>>,
): ProcessSpec {
  const args = [
    ...['-c', directory.file(runFiles.bootstrap)],
    ...['--concurrency', String(workerCount(availableParallelism()))],
    ...['--drain-time-s', String(drainSeconds), '--drain-strategy', 'immediate'],
    ...['--log-level', envoyLogLevels[logLevel]],
    '--disable-hot-restart',
  ];
  const command = envoy.command(args, directory);
  const needsDocker = command.file === 'docker';
  return { name: 'envoy', ...command, env: needsDocker ? env : { PATH: env['PATH'] } };
}

/** extproc is one thread, and keeps about one of Envoy's busy. */
function workerCount(processors: number): number {
  return processors >= 4 ? 2 : 1;
}

function findExtprocProgram(): string {
  const manifestPath = fileURLToPath(import.meta.resolve('@aigw/extproc/package.json'));
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(manifestPath), manifest.bin['aigw-extproc'] ?? '');
}
