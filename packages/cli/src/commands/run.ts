import type { Command } from '../command.ts';
import { runGateway } from '../standalone/run-gateway.ts';
import { parseRunOptions, runHelp } from '../standalone/run-options.ts';

/** `aigw run`: the gateway on this machine, from YAML or from the environment. */
export const runCommand: Command = {
  name: 'run',
  summary: 'run the gateway on this machine, from YAML or from the environment',
  help: runHelp,
  run: (args, context) => runGateway(parseRunOptions(args), context),
};
