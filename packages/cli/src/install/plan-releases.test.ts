import { parse } from 'yaml';

import { parseInstallOptions } from './install-options.ts';
import { forgetTls, parseExtension, planEnvoyGatewayRelease, planGatewayRelease } from './plan-releases.ts';
import { withAddress } from './charts.ts';

const address = { hostname: 'c.mine.svc.cluster.local', port: 11_063 };

test('the places of the flags are in both charts, over what the user has set', () => {
  const args = ['-n', 'mine', '--envoy-gateway-namespace', 'egns', '--set', 'a=1', '-f', 'v.yaml'];
  const options = parseInstallOptions([...args, '--envoy-gateway-set', 'b=2']);
  const gateway = planGatewayRelease(options);
  expect(gateway).toMatchObject({ name: 'aigw', namespace: 'mine' });
  expect(gateway.settings).toEqual([
    ...['--values', 'v.yaml', '--set', 'a=1'],
    ...['--set-string', 'envoyGateway.namespace=egns'],
  ]);
  const envoyGateway = planEnvoyGatewayRelease(options, address);
  const fqdn = 'config.envoyGateway.extensionManager.service.fqdn';
  expect(envoyGateway).toMatchObject({ name: 'eg', namespace: 'egns' });
  expect(envoyGateway.settings.slice(0, 3)).toEqual(['--version', 'v1.8.1', '--values']);
  expect(envoyGateway.settings.slice(4)).toEqual([
    ...['--set', 'b=2'],
    ...['--set-string', `${fqdn}.hostname=c.mine.svc.cluster.local`, '--set', `${fqdn}.port=11063`],
  ]);
});

test.each(['./gateway-helm', 'gateway-helm-v1.8.1.tgz'])('%s has its own version', (chart) => {
  const options = parseInstallOptions(['--envoy-gateway-chart', chart]);
  expect(planEnvoyGatewayRelease(options, address)).toMatchObject({ chart });
  expect(planEnvoyGatewayRelease(options, address).settings).not.toContain('--version');
});

const deployment = (...args: readonly string[]): string =>
  `---\n# Source: x\n${JSON.stringify({
    kind: 'Deployment',
    metadata: { name: 'c', namespace: 'mine' },
    spec: { template: { spec: { containers: [{ name: 'controller', args }] } } },
  })}\n`;
const ownArgs = ['-port=:11063', '-serviceName=c', '-webhookConfigurationName=w'];

test('how the extension server is called is what the chart makes of all values', () => {
  expect(parseExtension(deployment(...ownArgs))).toEqual(address);
  expect(parseExtension(deployment(...ownArgs, '-extensionTls=true'))).toEqual({
    ...address,
    tls: { authoritySecret: 'c-ca' },
  });
  expect(parseExtension(deployment(...ownArgs, '-extensionTls=true', '-extensionClientSecret=eg'))).toEqual({
    ...address,
    tls: { authoritySecret: 'c-ca', clientSecret: 'eg' },
  });
  expect(() => parseExtension(deployment('-other=1'))).toThrow(/no Deployment of a controller/);
  expect(() => parseExtension('')).toThrow(/no Deployment of a controller/);
});

test('Envoy Gateway is told whom to trust, and what to show, where the controller has TLS', () => {
  const tls = { authoritySecret: 'c-ca', clientSecret: 'eg' };
  const { settings } = planEnvoyGatewayRelease(parseInstallOptions([]), { ...address, tls });
  const field = 'config.envoyGateway.extensionManager.service.tls';
  expect(settings.slice(-4)).toEqual([
    ...['--set-string', `${field}.certificateRef.name=c-ca`],
    ...['--set-string', `${field}.clientCertificateRef.name=eg`],
  ]);
});

test('of earlier values TLS is forgotten, and nothing else', () => {
  const values = (service: object): string =>
    JSON.stringify({
      config: { envoyGateway: { extensionManager: { service } } },
      deployment: { replicas: 2 },
    });
  const before = values({ fqdn: { port: 1 }, tls: { certificateRef: { name: 'c-ca' } } });
  expect(parse(forgetTls(before))).toEqual(JSON.parse(values({ fqdn: { port: 1 } })));
  expect(forgetTls('')).toBe('');
  expect(forgetTls('a: 1\n')).toBe('a: 1\n');
});

test('what Envoy Gateway needs is that of the values, at the address', () => {
  const values = `
config:
  envoyGateway:
    extensionApis: { enableBackend: true }
    extensionManager:
      maxMessageSize: 1Mi
      service: { fqdn: { hostname: default.default.svc, port: 1063 } }
`;
  expect(withAddress(values, address)).toEqual({
    extensionApis: { enableBackend: true },
    extensionManager: { maxMessageSize: '1Mi', service: { fqdn: address } },
  });
  expect(
    withAddress(values, { ...address, tls: { authoritySecret: 'c-ca' } }).extensionManager,
  ).toMatchObject({
    service: { fqdn: address, tls: { certificateRef: { name: 'c-ca' } } },
  });
});
