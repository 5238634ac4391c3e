import { parseControllerFlags } from './flags.ts';

const flagsOf = (...args: readonly string[]): object => {
  const parsed = parseControllerFlags(args);
  if (parsed.kind !== 'flags') throw new Error(parsed.problems.join());
  return parsed.flags;
};

describe('parseControllerFlags', () => {
  test('no default port is one of Envoy Gateway', () => {
    const taken = [8080, 8081, 18_000, 18_001, 18_002, 19_000, 19_001, 19_002, 19_003];
    const { extensionAddress, webhookPort, adminAddress } = flagsOf() as Record<string, unknown>;
    const ports = [extensionAddress, adminAddress].map((address) => (address as { port: number }).port);
    for (const port of [...ports, webhookPort]) expect(taken).not.toContain(port);
  });

  test('every port can be set', () => {
    expect(flagsOf('-port', '127.0.0.1:1', '-webhookPort=2', '--adminAddr=:3')).toMatchObject({
      extensionAddress: { host: '127.0.0.1', port: 1 },
      webhookPort: 2,
      adminAddress: { port: 3 },
    });
  });

  test('leader election is on unless it is turned off', () => {
    expect(flagsOf()).toMatchObject({ isLeaderElectionEnabled: true });
    expect(flagsOf('-enableLeaderElection=false')).toMatchObject({ isLeaderElectionEnabled: false });
  });

  test('proxies are where Envoy Gateway is unless they are said to be beside their Gateways', () => {
    expect(flagsOf()).toMatchObject({ areProxiesBesideGateways: false });
    expect(flagsOf('-proxiesBesideGateways=true')).toMatchObject({ areProxiesBesideGateways: true });
  });

  test('credentials are rotated unless that is turned off', () => {
    expect(flagsOf()).toMatchObject({ isCredentialRotationEnabled: true });
    expect(flagsOf('-enableCredentialRotation=false')).toMatchObject({ isCredentialRotationEnabled: false });
  });

  test('the certificate is made here and the extension server speaks plain text unless they are told otherwise', () => {
    expect(flagsOf()).toMatchObject({ certificateSource: 'self', isExtensionTls: false });
    const args = ['-certificates=secret', '-extensionTls', '-extensionClientSecret=envoy-gateway'];
    expect(flagsOf(...args)).toMatchObject({
      certificateSource: 'secret',
      isExtensionTls: true,
      extensionClientSecret: 'envoy-gateway',
    });
    expect(parseControllerFlags(['-extensionClientSecret=envoy-gateway'])).toMatchObject({
      kind: 'problems',
      problems: [expect.stringContaining('-extensionTls')],
    });
  });

  test('variables of the sidecar keep what stands behind the first equals sign', () => {
    expect(flagsOf('-extProcExtraEnvVars', 'A=b;C=d=e')).toMatchObject({
      sidecar: {
        env: [
          { name: 'A', value: 'b' },
          { name: 'C', value: 'd=e' },
        ],
      },
    });
  });

  test('what sidecars are to be given is handed on, and nothing that was not given', () => {
    const passed = (...args: readonly string[]): unknown =>
      (flagsOf(...args) as { sidecar: { passed: readonly string[] } }).sidecar.passed;
    expect(passed()).toEqual([]);
    const given = [
      '-rootPrefix=/ai',
      '-endpointPrefixes=openai:/,anthropic:/claude',
      '-requestHeaderAttributes=x-team:team',
      // Empty takes the default attribute away.
      '-spanRequestHeaderAttributes=',
      '-metricsRequestHeaderAttributes=x-a:a,x-b:b',
    ];
    expect(passed(...given, '-extProcEnableRedaction')).toEqual([...given, '-enableRedaction=true']);
  });

  test.each([
    '-endpointPrefixes=google:/g',
    '-endpointPrefixes=openai',
    '-logRequestHeaderAttributes=x-team',
  ])('%s would end every sidecar, and is refused here', (flag) => {
    expect(parseControllerFlags([flag])).toMatchObject({
      kind: 'problems',
      problems: [expect.stringContaining(flag.split('=')[0] ?? '')],
    });
  });

  test('flags of others are named and not refused, mistakes are refused', () => {
    expect(parseControllerFlags(['-mcpSessionEncryptionSeed', 'x'])).toMatchObject({
      kind: 'flags',
      unknown: ['-mcpSessionEncryptionSeed'],
    });
    expect(parseControllerFlags(['-logLevel', 'loud', 'extra'])).toEqual({
      kind: 'problems',
      problems: [expect.stringContaining('-logLevel'), expect.stringContaining('extra')],
    });
  });
});
