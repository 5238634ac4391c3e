import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Cluster,
  fromBinary,
  type Metadata,
  type PostTranslateModifyRequest,
  PostTranslateModifyRequestSchema,
} from '@aigw/envoy-proto/xds';
import { encodeRouteStamp, type StampedBackend } from '@aigw/planner';

const folder = join(import.meta.dirname, 'recorded');

/** The recorded requests, by the names of their files. */
export const recordings: readonly string[] = readdirSync(folder).filter((name) => name.endsWith('.req.bin'));

export const readRecording = (name: string): PostTranslateModifyRequest =>
  fromBinary(PostTranslateModifyRequestSchema, readFileSync(join(folder, name)));

interface Resource {
  namespace: string;
  name: string;
  annotations?: Record<string, string>;
}

/** The HTTPRoute that something was made of. */
export function resourceOf(metadata: Metadata | undefined): Resource | undefined {
  const resources = metadata?.filterMetadata['envoy-gateway']?.['resources'];
  return Array.isArray(resources) ? (resources[0] as unknown as Resource) : undefined;
}

/** Everything that carries the annotations of an HTTPRoute. */
export function annotated(request: PostTranslateModifyRequest): Resource[] {
  const routes = request.routes.flatMap(({ virtualHosts }) => virtualHosts.flatMap((host) => host.routes));
  return [...request.clusters, ...routes].flatMap(({ metadata }) => resourceOf(metadata) ?? []);
}

/** The host names of a cluster's endpoints, by backend. */
export function hostsOf(cluster: Cluster): string[][] {
  return (cluster.loadAssignment?.endpoints ?? []).map(({ lbEndpoints }) =>
    lbEndpoints.map(({ hostIdentifier }) => {
      const address = hostIdentifier.case === 'endpoint' ? hostIdentifier.value.address?.address : undefined;
      return address?.case === 'socketAddress' ? address.value.address : '';
    }),
  );
}

/** Where the endpoints of a cluster lead, by backend. */
export function addressesOf(cluster: Cluster): string[][] {
  return (cluster.loadAssignment?.endpoints ?? []).map(({ lbEndpoints }) =>
    lbEndpoints.map(({ hostIdentifier }) => {
      const address = hostIdentifier.case === 'endpoint' ? hostIdentifier.value.address?.address : undefined;
      return address?.case === 'socketAddress'
        ? `${address.value.address}:${String(address.value.portSpecifier.value)}`
        : '';
    }),
  );
}

/** What the controller would write for the backends of a cluster. */
export function stampedBackends(cluster: Cluster): StampedBackend[] {
  const { namespace = '', name = '' } = resourceOf(cluster.metadata) ?? {};
  return hostsOf(cluster).map((hosts, index) => ({
    id: `${namespace}/b${index}/route/${name}/rule/0/ref/${index}`,
    priority: index,
    hosts: hosts.map((host) => (host === 'bedrock.localhost' ? `${host}:18443` : host)),
    addresses: addressesOf(cluster)[index] ?? [],
  }));
}

/** A recording whose HTTPRoutes carry what our controller writes on them. */
export function readStampedRecording(
  name = '0006-PostTranslateModify.req.bin',
  change: (backends: StampedBackend[], route: string) => StampedBackend[] = (backends) => backends,
  keyOf: (route: string) => string | undefined = () => undefined,
): PostTranslateModifyRequest {
  const request = readRecording(name);
  const stamps = new Map(
    request.clusters.flatMap((cluster) => {
      const resource = resourceOf(cluster.metadata);
      if (resource === undefined) return [];
      const route = `${resource.namespace}/${resource.name}`;
      const key = keyOf(resource.name);
      const rule = {
        ...(key !== undefined && { key }),
        backends: change(stampedBackends(cluster), resource.name),
        streamIdleMs: 30_500,
        retry: { retry_on: 'reset', num_retries: 1 },
      };
      return [[route, encodeRouteStamp({ version: 1, route, uid: `u-${resource.name}`, rules: [rule, { backends: [] }] })]];
    }),
  );
  for (const resource of annotated(request)) {
    const stamp = stamps.get(`${resource.namespace}/${resource.name}`);
    if (stamp !== undefined) resource.annotations = { ...resource.annotations, 'ai-gateway-stamp': stamp };
  }
  return request;
}
