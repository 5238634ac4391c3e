import { type ExtprocFlags, parseExtprocFlags } from './flags.ts';

function flagsOf(...args: string[]): ExtprocFlags {
  const result = parseExtprocFlags(['-configPath', '/c.yaml', ...args]);
  if (result.kind !== 'flags') throw new Error(JSON.stringify(result));
  return result.flags;
}

function problemsOf(...args: string[]): readonly string[] {
  const result = parseExtprocFlags(args);
  return result.kind === 'problems' ? result.problems : [];
}

test('the defaults are those of the sidecar that this program replaces', () => {
  expect(flagsOf()).toEqual({
    configSource: { kind: 'file', path: '/c.yaml' },
    extProcAddress: { kind: 'tcp', host: '', port: 1063 },
    adminAddress: { kind: 'tcp', host: '', port: 1064 },
    logLevel: 'info',
    logFormat: 'text',
    enableRedaction: false,
    rootPrefix: '',
    endpointPrefixes: { openai: '/', cohere: '/cohere', anthropic: '/anthropic' },
    firstEventTimeoutMs: 300_000,
    streamIdleTimeoutMs: 590_000,
    metricsHeaderAttributes: [],
    logHeaderAttributes: [{ header: 'agent-session-id', attribute: 'session.id' }],
    spanHeaderAttributes: [{ header: 'agent-session-id', attribute: 'session.id' }],
  });
});

test('the command line of the sidecar is taken as it is', () => {
  const args =
    '-configPath /f -extProcAddr :1063 -adminPort 1064 -mcpAddr :9856 -mcpWriteTimeout 2m0s -logLevel info ' +
    '-mcpSessionEncryptionSeed s -mcpSessionEncryptionIterations 5 -mcpFallbackSessionEncryptionSeed t ' +
    '-mcpFallbackSessionEncryptionIterations 6 -maxRecvMsgSize 9223372036854775807 -enableRedaction -rootPrefix /';
  expect(parseExtprocFlags(args.split(' '))).toMatchObject({ kind: 'flags', unknown: [] });
});

test('limits of silence', () => {
  expect(flagsOf('-firstEventTimeout', '1m30s', '-streamIdleTimeout', '1s')).toMatchObject({
    firstEventTimeoutMs: 90_000,
    streamIdleTimeoutMs: 1000,
  });
  expect(problemsOf('-configPath', '/c', '-firstEventTimeout', '581s')).toEqual([
    expect.stringContaining('expected a duration from 1s to 580s'),
  ]);
  expect(problemsOf('-configPath', '/c', '-streamIdleTimeout', '5')).toHaveLength(1);
});

test('unknown flags do not end the process', () => {
  const result = parseExtprocFlags(['-configPath=/c', '-newInV2', 'x', '-logLevel', 'debug']);
  expect(result).toMatchObject({ kind: 'flags', unknown: ['-newInV2'], flags: { logLevel: 'debug' } });
});

test('sockets and addresses', () => {
  expect(flagsOf('-extProcAddr', 'unix:///run/x.sock').extProcAddress).toEqual({
    kind: 'unix',
    path: '/run/x.sock',
  });
  expect(flagsOf('-adminPort', '9').adminAddress).toEqual({ kind: 'tcp', host: '', port: 9 });
  expect(flagsOf('-adminAddr', 'unix:///a', '-adminPort', '9').adminAddress).toEqual({
    kind: 'unix',
    path: '/a',
  });
  expect(flagsOf('-adminAddr=127.0.0.1:7').adminAddress).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 7 });
});

test('a bundle folder is a source of its own', () => {
  const result = parseExtprocFlags(['-configBundlePath', '/b']);
  expect(result).toMatchObject({ flags: { configSource: { kind: 'bundle', folder: '/b' } } });
});

test('header attributes: one list for all, overridden per signal, an empty text switches the default off', () => {
  const flags = flagsOf(
    '-requestHeaderAttributes=X-Team:team,x-tenant:tenant.id',
    '-metricsRequestHeaderAttributes=x-team:squad',
    '-logRequestHeaderAttributes=',
  );
  expect(flags.metricsHeaderAttributes).toEqual([
    { header: 'x-team', attribute: 'squad' },
    { header: 'x-tenant', attribute: 'tenant.id' },
  ]);
  expect(flags.logHeaderAttributes.map(({ attribute }) => attribute)).toEqual(['team', 'tenant.id']);
  expect(flags.spanHeaderAttributes.map(({ attribute }) => attribute)).toEqual([
    'team',
    'tenant.id',
    'session.id',
  ]);
});

test('prefixes: what is left out keeps its default', () => {
  expect(flagsOf('-endpointPrefixes', 'anthropic:/', '-rootPrefix', '/ai/')).toMatchObject({
    rootPrefix: '/ai',
    endpointPrefixes: { openai: '/', cohere: '/cohere', anthropic: '/' },
  });
});

test.each([
  [[], '-configPath: one of -configPath and -configBundlePath is required'],
  [['-configPath=a', '-endpointPrefixes=foo:/x'], '-endpointPrefixes: "foo:/x": expected openai:PREFIX'],
  [['-configPath=a', '-endpointPrefixes=openai'], '-endpointPrefixes: "openai": expected openai:PREFIX'],
  [['-configPath=a', '-endpointPrefixes=constructor:/x'], 'expected openai:PREFIX'],
  [['-configPath=a', '-extProcAddr=1063'], '-extProcAddr: "1063": expected host:port'],
  [['-configPath=a', '-adminAddr=nowhere'], '-adminAddr: expected host:port'],
  [['-configPath=a', '-adminPort=70000'], '-adminAddr: expected host:port'],
  [
    ['-configPath=a', '-logRequestHeaderAttributes=x'],
    '-logRequestHeaderAttributes: expected header:attribute, not "x"',
  ],
  [['-configPath=a', '-logFormat=xml'], '-logFormat: "xml": expected one of text, json'],
  [['-configPath=a', 'stray'], '"stray": unexpected argument'],
])('%j is refused with what is expected', (args, expected) => {
  expect(problemsOf(...args).join('\n')).toContain(expected);
});

test.each([['-h'], ['-help'], ['--help'], ['-logLevel', 'nonsense', '--help']])(
  '%j asks for help',
  (...args) => {
    expect(parseExtprocFlags(args).kind).toBe('help');
  },
);

test('a server of the configuration is named with what it takes to ask it', () => {
  const args = [
    '-configPath=c',
    '-configServer=https://controller.svc:9443',
    '-configServerPath=/etc/server',
  ];
  const result = parseExtprocFlags(args);
  expect(result).toMatchObject({ flags: { configServer: { folder: '/etc/server' } } });
  expect(result.kind === 'flags' && result.flags.configServer?.url.host).toBe('controller.svc:9443');
  expect(parseExtprocFlags(['-configPath=c'])).not.toHaveProperty('flags.configServer');
});

test.each([
  [['-configServer=http://controller'], 'expected https://HOST:PORT'],
  [['-configServer=controller:9443', '-configServerPath=x'], 'expected https://HOST:PORT'],
  [['-configServer=https://controller'], 'needs -configServerPath'],
])('%j is refused', (args, expected) => {
  expect(problemsOf('-configPath=c', ...args).join()).toContain(expected);
});

test('help explains every flag but those that only the sidecar has', () => {
  const result = parseExtprocFlags(['--help']);
  const text = result.kind === 'help' ? result.text : '';
  expect(text).toMatch(/^ {2}-configPath FILE +the filter config/m);
  const flags = [...text.matchAll(/^ {2}-(\w+)/gm)].map(([, name]) => `-${name ?? ''}`);
  expect(flags.length).toBeGreaterThan(10);
  expect(parseExtprocFlags(['-configPath=c', ...flags.map((flag) => `${flag}=`)])).not.toMatchObject({
    unknown: [expect.anything()],
  });
  const [, ignored = ''] = /^Accepted without effect: (.*)\.$/m.exec(text) ?? [];
  expect(ignored.split(', ').filter((flag) => !/^-(mcp\w+|maxRecvMsgSize)$/.test(flag))).toEqual([]);
});
