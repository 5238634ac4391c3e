export { type Command, type CommandContext, runCommandLine } from './command.ts';
export { type ExitCode, exitCodes } from './exit-codes.ts';
