import type { ApiClient } from '../kube/api-client.ts';

interface WebhookConfiguration {
  readonly metadata: { readonly resourceVersion: string };
  readonly webhooks?: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

/**
 * Makes the API server trust a bundle of authorities (PEM) when it calls our webhook; writes only what differs.
 * @throws KubeApiError, also when there is no such MutatingWebhookConfiguration
 */
export async function publishAuthority(client: ApiClient, name: string, authority: string): Promise<boolean> {
  const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`;
  const { metadata, webhooks = [] } = (await client.request({ method: 'GET', path })) as WebhookConfiguration;
  const wanted = Buffer.from(authority, 'utf8').toString('base64');
  const changes = webhooks.flatMap(({ clientConfig }, index) =>
    clientConfig.caBundle === wanted
      ? []
      : [{ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value: wanted }],
  );
  if (changes.length === 0) return false;
  const unchanged = { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion };
  await client.request({
    method: 'PATCH',
    path,
    body: [unchanged, ...changes],
    contentType: 'application/json-patch+json',
  });
  return true;
}
