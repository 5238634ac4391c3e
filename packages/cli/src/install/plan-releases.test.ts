import { parseInstallOptions } from './install-options.ts';
import { parseExtensionAddress, planEnvoyGatewayRelease, planGatewayRelease } from './plan-releases.ts';
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

const service = (port: string): string =>
  `---\n# Source: x\napiVersion: v1\nkind: Service\nmetadata:\n  name: c\n  namespace: mine\nspec:\n  ports:\n    - { name: https-webhook, port: 9443 }\n    - { name: ${port}, port: 11063 }\n`;

test('the address is what the chart makes of all values', () => {
  expect(parseExtensionAddress(service('grpc-extension'))).toEqual(address);
  expect(() => parseExtensionAddress(service('other'))).toThrow(/no port grpc-extension/);
  expect(() => parseExtensionAddress('')).toThrow(/no port grpc-extension/);
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
});
