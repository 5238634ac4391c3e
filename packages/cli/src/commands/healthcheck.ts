import { type Command, parseFlags, parsePort } from '../command.ts';
import { messageOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';

const timeoutMs = 5_000;

/** `aigw healthcheck`: exit status 0 when a running `aigw run` can serve, 1 when it cannot. */
export const healthcheckCommand: Command = {
  name: 'healthcheck',
  summary: 'ask a running gateway whether it can serve (for containers and scripts)',
  help: [
    'Usage: aigw healthcheck [options]',
    '',
    'Asks the admin port of a running `aigw run`. Exit status 0: it can serve; 1: it cannot, or nothing answers.',
    '',
    '  --admin-port PORT  its admin port (1064)',
    '  --host ADDRESS     its address (127.0.0.1)',
  ].join('\n'),
  run: async (args, context) => {
    const { values } = parseFlags('healthcheck', args, {
      'admin-port': { type: 'string', default: '1064' },
      host: { type: 'string', default: '127.0.0.1' },
    });
    const port = parsePort('--admin-port', values['admin-port']);
    const url = `http://${values.host}:${port}/health`;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
      const answer = (await response.text()).trim();
      context.print(answer);
      return response.ok ? exitCodes.ok : exitCodes.failure;
    } catch (thrown) {
      context.note(`no answer from ${url}: ${reasonOf(thrown)}`);
      return exitCodes.failure;
    }
  },
};

function reasonOf(thrown: unknown): string {
  const cause = typeof thrown === 'object' && thrown !== null && 'cause' in thrown ? thrown.cause : undefined;
  return messageOf(cause ?? thrown);
}
