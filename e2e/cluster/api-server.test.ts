import { type ApiServer, startApiServerWithDefinitions } from './api-server.ts';

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServerWithDefinitions();
}, 900_000);

afterAll(async () => {
  await server.stop();
});

const route = (spec: object): string =>
  JSON.stringify({
    apiVersion: 'aigateway.envoyproxy.io/v1beta1',
    kind: 'AIGatewayRoute',
    metadata: { name: 'r', namespace: 'default' },
    spec,
  });

test('kubectl is of the same version as the server', async () => {
  const { clientVersion, serverVersion } = JSON.parse(
    await server.mustKubectl(['version', '--output=json']),
  ) as Record<string, { gitVersion: string }>;
  expect(clientVersion?.gitVersion).toBe(serverVersion?.gitVersion);
});

test('the server refuses what a rule of our definitions forbids', async () => {
  const parent = { group: '', kind: 'Service', name: 'x' };
  const { code, stderr } = await server.kubectl(
    ['apply', '--dry-run=server', '-f', '-'],
    route({ parentRefs: [parent], rules: [{ backendRefs: [{ name: 'a' }] }] }),
  );
  expect(code).toBe(1);
  expect(stderr).toContain('is invalid');
});

test('the data outlives a restart of the server', async () => {
  await server.mustKubectl(['create', 'configmap', 'kept', '--from-literal=a=b']);
  await server.restart();
  expect(await server.mustKubectl(['get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}'])).toBe('b');
});
