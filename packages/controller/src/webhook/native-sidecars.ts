import type { ApiClient } from '../kube/api-client.ts';

/**
 * Whether the cluster knows containers with `restartPolicy: Always` that start before the others: on by default from 1.29.
 * @throws KubeApiError
 */
export async function knowsNativeSidecars(client: ApiClient): Promise<boolean> {
  const { major, minor } = (await client.request({ method: 'GET', path: '/version' })) as Record<
    string,
    string
  >;
  // Some services write `29+`.
  return Number(major) > 1 || Number.parseInt(minor ?? '', 10) >= 29;
}
