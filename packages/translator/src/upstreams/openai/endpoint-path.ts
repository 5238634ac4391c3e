import type { UpstreamTarget } from '../../translator.ts';

/** `:path` of an endpoint under the backend's prefix, which is `v1` unless the schema says otherwise. */
export function endpointPath({ schema }: Pick<UpstreamTarget, 'schema'>, endpoint: string): string {
  const prefix = (schema.prefix ?? '').replace(/^\/+|\/+$/g, '');
  return `/${prefix === '' ? 'v1' : prefix}/${endpoint}`;
}
