import type { RunDirectory } from '../standalone/run-directory.ts';
import { isSupportedEnvoy, minimumEnvoyVersion, parseEnvoyVersion } from './envoy-version.ts';
import { runProgram } from './run-program.ts';

/** How an Envoy is started, given its own arguments. */
export interface Envoy {
  version: string;
  /** Where it comes from, for the announcement. */
  origin: string;
  command: (
    args: readonly string[],
    directory: Pick<RunDirectory, 'path'>,
  ) => { file: string; args: string[] };
}

/** The answer of one step: an Envoy, the reason why not, or the reason why looking on would be wrong. */
export type StepResult =
  | { outcome: 'found'; envoy: Envoy }
  | { outcome: 'skipped'; reason: string }
  | { outcome: 'failed'; reason: string };

/** Where Envoy is looked for. */
export interface EnvoySearch {
  /** `--envoy`. */
  path?: string;
  env: Readonly<Record<string, string | undefined>>;
  homeFolder: string;
  /** Announces something that takes a while. */
  note: (line: string) => void;
}

/** One place to look for Envoy. */
export interface EnvoyStep {
  title: string;
  find: (search: EnvoySearch) => Promise<StepResult>;
}

/** Asks a binary for its version; refuses what is not Envoy or is too old to be safe. */
export async function checkEnvoyBinary(file: string, env: EnvoySearch['env']): Promise<StepResult> {
  const result = await runProgram(file, ['--version'], { timeoutMs: 30_000, env });
  if (!result.ok) return { outcome: 'skipped', reason: `${file}: ${result.reason}` };
  const version = parseEnvoyVersion(result.output);
  if (version === undefined)
    return { outcome: 'skipped', reason: `${file} does not answer --version as Envoy does` };
  if (!isSupportedEnvoy(version)) {
    return { outcome: 'skipped', reason: `${file} is ${version}, at least ${minimumEnvoyVersion} is needed` };
  }
  return {
    outcome: 'found',
    envoy: { version, origin: file, command: (args) => ({ file, args: [...args] }) },
  };
}
