import { mockAwsEnvironment, mockCredentials, startMockProviders } from '@aigw/mock-providers';

import { type Command, parseFlags, parsePort } from '../command.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { urlOf } from '../standalone/announce.ts';
import { mockAwsCredentialsFile } from '../standalone/mock.ts';
import { refusePort } from '../standalone/ports.ts';

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
    '  --credential-lifetime SECONDS  how long temporary credentials live (what is asked for, else 3600)',
    '',
    'The same port is STS, the EKS Pod Identity agent, the ECS agent, IMDS and an OIDC issuer; the variables that send an AWS SDK',
    'there are printed. POST /oidc/token gives web identity tokens, with audience=pods.eks.amazonaws.com those of Pod Identity.',
  ].join('\n'),
  run: async (args, context) => {
    const { values } = parseFlags('mock', args, {
      port: { type: 'string', default: '8081' },
      host: { type: 'string', default: '127.0.0.1' },
      'credential-lifetime': { type: 'string' },
    });
    const lifetime = values['credential-lifetime'];
    const { host } = values;
    const port = parsePort('--port', values.port);
    const mock = await startMockProviders({
      host,
      port,
      ...(lifetime !== undefined && { credentialLifetimeSeconds: parseSeconds(lifetime) }),
    }).catch((thrown: unknown) => {
      throw refusePort('port', { host, port, flag: '--port' }, thrown);
    });
    context.print(`aigw: mock providers on ${urlOf(values.host, mock.port)}`);
    context.print(`OpenAI key: ${mockCredentials.openaiApiKey}`);
    context.print(`Anthropic key: ${mockCredentials.anthropicApiKey}`);
    const { id, secret } = mockCredentials.oidcClient;
    context.print(`Bedrock API key: ${mockCredentials.bedrockApiKey}`);
    context.print(`OIDC issuer: ${mock.aws.issuer} (client ${id}, secret ${secret})`);
    for (const [source, variables] of Object.entries(mockAwsEnvironment(urlOf(values.host, mock.port)))) {
      for (const [name, value] of Object.entries(variables)) context.print(`${source}: ${name}=${value}`);
    }
    context.print(`AWS credentials file:\n${mockAwsCredentialsFile.trimEnd()}`);
    if (!context.stop.aborted) {
      await new Promise((resolve) => context.stop.addEventListener('abort', resolve, { once: true }));
    }
    await mock.close();
    return exitCodes.ok;
  },
};

/** @throws CliError `usage` */
function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,6}$/.test(text) && seconds > 0) return seconds;
  throw new CliError(
    'usage',
    `--credential-lifetime expects a number of seconds from 1 to 999999, not "${text}"`,
  );
}
