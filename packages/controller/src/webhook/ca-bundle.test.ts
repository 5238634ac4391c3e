import type { ApiClient } from '../kube/api-client.ts';
import { publishAuthority } from './ca-bundle.ts';

test('the API server is told only what it does not know', async () => {
  const sent: unknown[] = [];
  const configuration = {
    metadata: { resourceVersion: '7' },
    webhooks: [{ clientConfig: { caBundle: Buffer.from('CA').toString('base64') } }, { clientConfig: {} }],
  };
  const client: Pick<ApiClient, 'request'> = {
    request: ({ method, body }) => {
      if (method === 'PATCH') sent.push(body);
      return Promise.resolve(configuration);
    },
  };
  expect(await publishAuthority(client as ApiClient, 'w', 'CA')).toBe(true);
  expect(sent).toEqual([
    [
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'add', path: '/webhooks/1/clientConfig/caBundle', value: 'Q0E=' },
    ],
  ]);
  configuration.webhooks.pop();
  expect(await publishAuthority(client as ApiClient, 'w', 'CA')).toBe(false);
});
