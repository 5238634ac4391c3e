import { mockCredentials, startMockProviders } from '@aigw/mock-providers';

import { type Command, parseFlags, parsePort } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { urlOf } from '../standalone/announce.ts';
import { mockAwsCredentialsFile } from '../standalone/mock.ts';

/** `aigw mock`: the mock Bedrock, Anthropic and OpenAI alone, for applications' own tests. */
export const mockCommand: Command = {
  name: 'mock',
  summary: 'run the mock Bedrock, Anthropic and OpenAI alone',
  help: [
    'Usage: aigw mock [options]',
    '',
    "A mock of AWS Bedrock, Anthropic and OpenAI on one port. It verifies signatures and keys, enforces the providers' rules, gives",
    'sensible answers and plays faults on request. Its credentials are printed at the start; they are good for nothing else.',
    '',
    '  --port PORT     port to listen on (8081; 0: any free one)',
    '  --host ADDRESS  address to listen on (127.0.0.1)',
  ].join('\n'),
  run: async (args, context) => {
    const { values } = parseFlags('mock', args, {
      port: { type: 'string', default: '8081' },
      host: { type: 'string', default: '127.0.0.1' },
    });
    const mock = await startMockProviders({ host: values.host, port: parsePort('--port', values.port) });
    context.print(`aigw: mock providers on ${urlOf(values.host, mock.port)}`);
    context.print(`OpenAI key: ${mockCredentials.openaiApiKey}`);
    context.print(`Anthropic key: ${mockCredentials.anthropicApiKey}`);
    context.print(`AWS credentials file:\n${mockAwsCredentialsFile.trimEnd()}`);
    if (!context.stop.aborted) {
      await new Promise((resolve) => context.stop.addEventListener('abort', resolve, { once: true }));
    }
    await mock.close();
    return exitCodes.ok;
  },
};
