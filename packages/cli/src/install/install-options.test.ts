import { parseInstallOptions } from './install-options.ts';

test('nothing given: the names and the chart that the documentation has', () => {
  expect(parseInstallOptions([])).toEqual({
    choice: {},
    places: { namespace: 'envoy-ai-gateway-system', envoyGatewayNamespace: 'envoy-gateway-system' },
    mode: 'apply',
    envoyGateway: {
      isSkipped: false,
      chart: 'oci://docker.io/envoyproxy/gateway-helm',
      values: [],
      set: [],
    },
    gateway: { values: [], set: [] },
    timeout: '5m',
  });
});

test('everything given', () => {
  const args =
    '--dry-run --skip-envoy-gateway --envoy-gateway-chart ./eg.tgz --envoy-gateway-set a=1 --envoy-gateway-values e.yaml ' +
    '--set b=2 --set c=3 -f v.yaml --values w.yaml --timeout 1h30m -n ns --envoy-gateway-namespace egns --kubeconfig k --context c';
  expect(parseInstallOptions(args.split(' '))).toEqual({
    choice: { path: 'k', context: 'c' },
    places: { namespace: 'ns', envoyGatewayNamespace: 'egns' },
    mode: 'dry-run',
    envoyGateway: { isSkipped: true, chart: './eg.tgz', values: ['e.yaml'], set: ['a=1'] },
    gateway: { values: ['v.yaml', 'w.yaml'], set: ['b=2', 'c=3'] },
    timeout: '1h30m',
  });
});

test.each([
  { args: ['--replicas', '3'], message: /^Unknown option '--replicas' \(see: aigw install --help\)$/ },
  { args: ['aigw'], message: /^aigw install takes no "aigw"/ },
  { args: ['--print', '--dry-run'], message: /^--print applies nothing as it is/ },
  { args: ['--kube-version', '1.30'], message: /^--kube-version is for --print/ },
  { args: ['--print', '--kube-version', 'new'], message: /^--kube-version expects a version such as 1\.30/ },
  { args: ['--timeout', '5'], message: /^--timeout expects a duration such as 90s or 5m, not "5"$/ },
  { args: ['--timeout', '0s'], message: /^--timeout expects/ },
  { args: ['--namespace', 'Mine'], message: /^--namespace expects the name of a namespace, not "Mine"$/ },
  { args: ['--envoy-gateway-namespace', '-x'], message: /envoy-gateway-namespace/ },
])('$args is a usage error', ({ args, message }) => {
  expect(() => parseInstallOptions(args)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) as string }) as Error,
  );
});
