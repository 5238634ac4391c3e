import { type Command, parseFlags } from '../command.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadResources } from '../resources/load-resources.ts';
import { reportProblems } from '../standalone/configuration.ts';
import { nominalPaths } from '../standalone/nominal-paths.ts';
import { planGateway } from '../standalone/plan-gateway.ts';

const samePorts = { prepare: () => Promise.resolve(), bindPort: (requested: number) => requested };

/** `aigw validate`: reads, checks and plans as `aigw run` does, and starts nothing. */
export const validateCommand: Command = {
  name: 'validate',
  summary: 'check YAML files: every problem with file, document, field and expectation',
  help: [
    'Usage: aigw validate FILE|FOLDER|-...',
    '',
    'Checks the resources as `aigw run` does, and starts nothing. Every problem is reported, with its file, line, document and',
    'field. Exit status 0: no errors (there may be warnings); 1: errors.',
  ].join('\n'),
  run: async (args, context) => {
    const { positionals } = parseFlags('validate', args, {});
    if (positionals.length === 0)
      throw new CliError('usage', 'aigw validate expects at least one file, folder or -');
    const loaded = await loadResources(positionals, context.readStdin);
    const { plan, problems } = await planGateway(loaded, { host: '127.0.0.1', ...nominalPaths }, samePorts);
    const errors = reportProblems(problems, context.note);
    if (problems.length === 0 && loaded.entries.length === 0) {
      throw new CliError('setup', `no resources in ${positionals.join(', ')}`);
    }
    if (plan === undefined) {
      context.note(`${errors} ${errors === 1 ? 'error' : 'errors'}`);
      return exitCodes.failure;
    }
    context.print(`valid: ${loaded.entries.length} resources`);
    return exitCodes.ok;
  },
};
