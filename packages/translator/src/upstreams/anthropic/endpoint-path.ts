import type { UpstreamTarget } from '../../translator.ts';

/** `:path` of an endpoint under the backend's prefix, which is `v1` unless the schema says otherwise. */
export function endpointPath(target: Pick<UpstreamTarget, 'schema'>, endpoint: string, query = ''): string {
  const prefix = (target.schema.prefix ?? 'v1').replace(/^\/+|\/+$/g, '');
  return `${prefix === '' ? '' : `/${prefix}`}/${endpoint}${query}`;
}

/** The model that the backend is asked for. */
export function upstreamModel(target: UpstreamTarget, clientModel: string): string {
  return target.modelNameOverride || clientModel;
}

/** @see https://docs.anthropic.com/en/api/versioning */
export const defaultAnthropicVersion = '2023-06-01';
