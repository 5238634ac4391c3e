import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mockCredentials, startMockProviders } from '@aigw/mock-providers';
import { stringify } from 'yaml';
import { post } from './clients/http.ts';
import { expectError } from './expect-error.ts';
import { bodyFor, buildAwsResources, dialects } from './fixtures/aws-gateway.ts';
import type { MockProviders } from './fixtures/mocked-gateway.ts';
import { findFreePort } from './launchers/free-port.ts';
import { type ProcessGateway, processLauncher } from './launchers/process-launcher.ts';
import { waitUntil } from './wait-until.ts';

const group = 'aigateway.envoyproxy.io';
const backend = 'tenant';
const policy = stringify({
  apiVersion: `${group}/v1beta1`,
  kind: 'BackendSecurityPolicy',
  metadata: { name: backend, namespace: 'default' },
  spec: {
    targetRefs: [{ group, kind: 'AIServiceBackend', name: backend }],
    type: 'AWSCredentials',
    awsCredentials: { region: 'us-east-1' },
    credentialOverride: { fromDynamicMetadata: { namespace: 'tenant', fallbackToConfigured: false } },
  },
});
const { accessKeyId, secretAccessKey } = mockCredentials.aws;

/** What an authorization service of the operator would do: a filter that writes the tenant's keys to metadata. */
const tenantFilter = {
  name: 'test.tenant',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config',
    metadata: [
      {
        metadata_namespace: 'tenant',
        value: { 'x-aigw-aws-credentials': { accessKeyId, secretAccessKey } },
      },
    ],
  },
};

let mock: MockProviders;
let gateway: ProcessGateway;
beforeAll(async () => {
  mock = await startMockProviders({ port: await findFreePort() });
  const yaml = [
    buildAwsResources([{ name: backend, schema: { name: 'AWSBedrock' }, port: mock.port }]),
    policy,
  ].join('---\n');
  gateway = await processLauncher.start({ yaml, env: {} });
}, 300_000);
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});

/** Puts a filter before all others, in the file that Envoy watches. */
function addFilter(filter: object): void {
  const name = readdirSync(gateway.temporaryFolder, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith('lds.json'),
  );
  const path = join(gateway.temporaryFolder, name!);
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(/"http_filters":\s*\[/g, `$&${JSON.stringify(filter)},`);
  expect(changed).not.toBe(text);
  writeFileSync(`${path}.new`, changed.replace(/"version_info":\s*"[^"]*"/, '"version_info":"with-tenant"'));
  renameSync(`${path}.new`, path);
}

test('keys come from the metadata of a filter before ours, and from no client', async () => {
  const forged = {
    'x-aigw-aws-access-key-id': accessKeyId,
    'x-aigw-aws-secret-access-key': secretAccessKey,
    'x-aigw-aws-credentials': JSON.stringify({ accessKeyId, secretAccessKey }),
  };
  for (const [path, dialect] of dialects) {
    expectError(await post(gateway.url + path, bodyFor(backend), forged), dialect, 401);
  }
  expect(mock.requests()).toEqual([]);
  addFilter(tenantFilter);
  for (const [path] of dialects) {
    for (const stream of [false, true]) {
      await waitUntil(
        'the keys of the metadata are used',
        async () => (await post(gateway.url + path, bodyFor(backend, { stream }))).status === 200,
      );
    }
  }
});
