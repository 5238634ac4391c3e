import { type AddressInfo, createServer } from 'node:net';

import { type Command, type CommandContext, parsePort, runCommandLine } from './command.ts';
import { doctorCommand } from './commands/doctor.ts';
import { healthcheckCommand } from './commands/healthcheck.ts';
import { installCommand } from './commands/install.ts';
import { mockCommand } from './commands/mock.ts';
import { runCommand } from './commands/run.ts';
import { translateCommand } from './commands/translate.ts';
import { validateCommand } from './commands/validate.ts';
import { versionCommand } from './commands/version.ts';
import { parseRunOptions } from './standalone/run-options.ts';

const commands = [
  runCommand,
  validateCommand,
  translateCommand,
  doctorCommand,
  installCommand,
  mockCommand,
  healthcheckCommand,
  versionCommand,
];

function createContext(overrides: Partial<CommandContext> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const context: CommandContext = {
    env: {},
    readStdin: () => Promise.resolve(''),
    readStdinBytes: () => Promise.resolve(new Uint8Array()),
    print: (line) => void out.push(line),
    note: (line) => void err.push(line),
    stop: new AbortController().signal,
    kill: new AbortController().signal,
    ...overrides,
  };
  return { context, out, err };
}

test.each([[[]], [['help']], [['--help']], [['-h']]])('%j prints every command', async (argv) => {
  const { context, out } = createContext();
  expect(await runCommandLine(commands, argv, context)).toBe(0);
  for (const { name, summary } of commands)
    expect(out.join()).toMatch(new RegExp(`${name}\\s+${summary.slice(0, 20)}`));
});

test.each(commands)('aigw $name --help says how to use it, and runs nothing', async (command: Command) => {
  const { context, out } = createContext();
  expect(await runCommandLine(commands, [command.name, '--help'], context)).toBe(0);
  expect(out).toEqual([expect.stringMatching(`^Usage: aigw ${command.name}`)]);
});

test('a command that does not exist is a usage error that names those that do', async () => {
  const run = runCommandLine(commands, ['rnu'], createContext().context);
  await expect(run).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('run, validate, translate, doctor, install, mock'),
  });
});

test.each([['version'], ['--version'], ['-v']])('aigw %s', async (argument) => {
  const { context, out } = createContext();
  await runCommandLine(commands, [argument], context);
  expect(out).toEqual([expect.stringMatching(/^aigw \d+\.\d+\.\d+ \(Node \d+\.\d+\.\d+, Envoy 1\.40\.0\)$/)]);
});

test('the flags of run', () => {
  expect(parseRunOptions([])).toEqual({
    paths: [],
    adminPort: 1064,
    host: '127.0.0.1',
    isMock: false,
    logLevel: 'warn',
    extprocFlags: [],
  });
  const args = 'a.yaml - --mock --port 0 --admin-port 9 --host ::1 --envoy /e --log-level debug'.split(' ');
  expect(parseRunOptions(args)).toEqual({
    paths: ['a.yaml', '-'],
    port: 0,
    adminPort: 9,
    host: '::1',
    envoy: '/e',
    isMock: true,
    logLevel: 'debug',
    extprocFlags: [],
  });
});

test('timeouts of streams are for extproc', () => {
  const args = ['--first-event-timeout', '20s', '--stream-idle-timeout', '1m30s'];
  expect(parseRunOptions(args).extprocFlags).toEqual([
    '-firstEventTimeout',
    '20s',
    '-streamIdleTimeout',
    '1m30s',
  ]);
});

test('localhost is the address that it stands for', () => {
  expect(parseRunOptions(['--host', 'localhost']).host).toBe('127.0.0.1');
});

test.each([
  [['--prot', '1'], /--prot/],
  [['--port', 'http'], /--port expects a port number from 0 to 65535, not "http"/],
  [['--port', '65536'], /65535/],
  [['--host', 'gateway.example'], /--host expects an IP address .* not "gateway.example"/],
  [['--host', '999.1.1.1'], /--host/],
  [['--log-level', 'loud'], /debug, info, warn, error/],
  [['--first-event-timeout', '20'], /--first-event-timeout expects a duration from 1s to 580s, not "20"/],
  [['--first-event-timeout', '10m'], /from 1s to 580s/],
  [['--stream-idle-timeout', '500ms'], /--stream-idle-timeout expects a duration from 1s to 590s/],
])('run %j is a usage error', (args, message) => {
  expect(() => parseRunOptions(args)).toThrow(message);
});

test('ports are whole numbers', () => {
  expect(parsePort('--port', '8080')).toBe(8080);
  for (const text of ['', '-1', '1e3', '80.5', ' 80'])
    expect(() => parsePort('--port', text)).toThrow(/port number/);
});

test('a healthcheck without a gateway fails, with the address that was asked', async () => {
  const { context, err } = createContext();
  expect(await healthcheckCommand.run(['--admin-port', '9'], context)).toBe(1);
  expect(err).toEqual([expect.stringMatching(/^no answer from http:\/\/127\.0\.0\.1:9\/health: /)]);
});

test('validate without a file is a usage error', async () => {
  await expect(validateCommand.run([], createContext().context)).rejects.toMatchObject({ code: 'usage' });
});

test('validate does not call nothing valid', async () => {
  const { context } = createContext();
  await expect(
    validateCommand.run(['-'], { ...context, readStdin: () => Promise.resolve('# none\n---\n') }),
  ).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringContaining('no resources'),
  });
});

test('run with nothing to run says what to set', async () => {
  await expect(runCommand.run([], createContext().context)).rejects.toMatchObject({
    code: 'setup',
    message: expect.stringContaining('OPENAI_API_KEY'),
  });
});

test('mock runs until it is told to stop, and prints its keys', async () => {
  const stop = new AbortController();
  const { context, out } = createContext({ stop: stop.signal });
  const running = mockCommand.run(['--port', '0'], {
    ...context,
    print: (line) => {
      out.push(line);
      if (line.startsWith('AWS credentials')) stop.abort();
    },
  });
  expect(await running).toBe(0);
  expect(out[0]).toMatch(/^aigw: mock providers on http:\/\/127\.0\.0\.1:\d+$/);
  expect(out.join('\n')).toMatch(/aws_access_key_id = \S+\naws_secret_access_key = \S+/);
  expect(out).toContainEqual(expect.stringMatching(/^sts: AWS_ENDPOINT_URL_STS=http:\/\/127\.0\.0\.1:\d+$/));
});

test('mock gives credentials that live as long as it is told', async () => {
  const stop = new AbortController();
  const { context } = createContext({ stop: stop.signal });
  const expiration = new Promise<string>((resolve, reject) => {
    const print = (line: string): void => {
      const uri = /^ecs: AWS_CONTAINER_CREDENTIALS_FULL_URI=(.*)$/.exec(line)?.[1];
      if (uri === undefined) return;
      const answer = fetch(uri).then((response) => response.json() as Promise<{ Expiration: string }>);
      answer.then(({ Expiration }) => resolve(Expiration), reject).finally(() => stop.abort());
    };
    const args = ['--port', '0', '--credential-lifetime', '60'];
    mockCommand.run(args, { ...context, print }).catch(reject);
  });
  const seconds = (Date.parse(await expiration) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(30);
  expect(seconds).toBeLessThan(62);
});

test.each(['0', '-1', '1.5', 'x', '1000000'])('mock takes no lifetime of %s', async (lifetime) => {
  const args = ['--port', '0', '--credential-lifetime', lifetime];
  await expect(mockCommand.run(args, createContext().context)).rejects.toMatchObject({ code: 'usage' });
});

test('a mock on a port that is taken is refused in a sentence', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const run = runCommandLine(commands, ['mock', '--port', String(port)], createContext().context);
  await expect(run).rejects.toMatchObject({
    code: 'setup',
    message: `port ${port} on 127.0.0.1 is in use; choose another with --port`,
  });
  await new Promise((resolve) => server.close(resolve));
});
