import type { CommandContext } from '../command.ts';
import { loadEnvironment } from '../environment/load-environment.ts';
import { CliError } from '../errors.ts';
import { type LoadedResources, loadResources } from '../resources/load-resources.ts';
import { formatProblem, isError, type Problem } from '../resources/problems.ts';
import type { RunOptions } from './run-options.ts';

/** Where the configuration comes from, read afresh by each call. @throws CliError `setup` from the environment */
export type ConfigurationSource = () => Promise<LoadedResources>;

/** Files, folders and standard input (read once, kept for reloads); without any, the environment. */
export function createConfigurationSource(
  { paths, isMock }: Pick<RunOptions, 'paths' | 'isMock'>,
  { env, readStdin }: Pick<CommandContext, 'env' | 'readStdin'>,
): ConfigurationSource {
  if (paths.length === 0) return () => Promise.resolve(loadEnvironment(env, isMock));
  let input: Promise<string> | undefined;
  return () => loadResources(paths, () => (input ??= readStdin()));
}

/** Prints every problem. @returns how many of them are errors */
export function reportProblems(problems: readonly Problem[], note: (line: string) => void): number {
  for (const problem of problems) note(formatProblem(problem));
  return problems.filter(isError).length;
}

/** The sentence after the list of problems. */
export function refuse(errors: number): CliError {
  return new CliError(
    'setup',
    `${errors} ${errors === 1 ? 'error' : 'errors'} in the configuration; nothing was started`,
  );
}
