import { createScriptedClient } from '../../__fixtures__/scripted-client.ts';
import type { ApiRequest } from '../../kube/api-client.ts';
import { KubeApiError } from '../../kube/api-error.ts';
import { publishAuthoritySecret } from './publish-authority-secret.ts';

test('Envoy Gateway is told under the key that it reads, and only what it does not know', async () => {
  let stored: object | undefined;
  const writes: ApiRequest[] = [];
  const client = createScriptedClient({
    request: (request) => {
      if (request.method === 'GET') {
        if (stored === undefined) throw new KubeApiError(404, 'NotFound', 'no Secret');
        return stored;
      }
      writes.push(request);
      stored = request.body as object;
      return stored;
    },
  });
  const place = { client, sha256Hex: (text: string) => text, namespace: 'eg', name: 'ca' };
  expect(await publishAuthoritySecret(place, 'CA')).toBe(true);
  expect(await publishAuthoritySecret(place, 'CA')).toBe(false);
  expect(await publishAuthoritySecret(place, 'CA2')).toBe(true);
  expect(writes).toHaveLength(2);
  expect(writes[0]).toMatchObject({
    path: '/api/v1/namespaces/eg/secrets/ca',
    body: { kind: 'Secret', type: 'Opaque', data: { 'tls.crt': 'Q0E=' } },
  });
});
