import { keyOfMetadata, type KubeObject, resourceTypes } from '@aigw/controller/kube';
import { owningGatewayName, owningGatewayNamespace } from '@aigw/planner';

import { mapLimited } from '../doctor/run-check.ts';
import { type ClusterReader, clusterTypes, pathOf } from './cluster-reader.ts';
import { type Fact, found, itemsOf, missing } from './fact.ts';
import { type FilterConfigFacts, gatherFilterConfig } from './filter-config-facts.ts';
import type { Installation } from './installation.ts';
import { containersOf } from './workload.ts';

/** A pod of a Gateway's proxies, and what its sidecar says. */
export interface ProxyFacts {
  readonly pod: KubeObject;
  readonly hasSidecar: boolean;
  /** The `/metrics` of its sidecar; `missing` without one. */
  readonly metrics: Fact<string>;
  /** The last hour of its sidecar's log. */
  readonly log: Fact<string>;
}

/** A Gateway that AI routes name. */
export interface GatewayFacts {
  readonly key: string;
  readonly gateway: KubeObject;
  readonly gatewayClass: Fact<KubeObject>;
  readonly filterConfig: FilterConfigFacts;
  /** Its proxies; empty while Envoy Gateway has made none. */
  readonly proxies: Fact<readonly ProxyFacts[]>;
}

/** Which proxies are meant, and what their sidecar is called. */
export interface GatewayScope {
  readonly installation: Installation;
  readonly envoyGatewayNamespace: string;
  readonly routes: Fact<readonly KubeObject[]>;
}

const proxySelector = 'app.kubernetes.io/managed-by=envoy-gateway,app.kubernetes.io/component=proxy';
const requestsAtOnce = 8;
const logSeconds = 3600;
const logLines = 2000;

interface ParentRef {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
}

function parentsOf({ metadata, spec }: KubeObject): string[] {
  const { parentRefs = [] } = Object(spec) as { parentRefs?: readonly ParentRef[] };
  return parentRefs
    .filter(({ kind = 'Gateway' }) => kind === 'Gateway')
    .map(({ namespace = metadata.namespace ?? '', name }) => `${namespace}/${name}`);
}

/** Reads each Gateway that AI routes name, its proxies and their configuration. */
export async function gatherGateways(
  reader: ClusterReader,
  scope: GatewayScope,
): Promise<Fact<readonly GatewayFacts[]>> {
  const [gateways, pods] = await Promise.all([
    reader.list(resourceTypes.Gateway),
    reader.list(resourceTypes.Pod, { labelSelector: proxySelector }),
  ]);
  if (gateways.state !== 'found') return gateways;
  const named = new Set(itemsOf(scope.routes).flatMap(parentsOf));
  const wanted = gateways.value.filter(({ metadata }) => named.has(keyOfMetadata(metadata)));
  return found(
    await mapLimited(wanted, requestsAtOnce, (gateway) => gatherGateway(reader, scope, { gateway, pods })),
  );
}

async function gatherGateway(
  reader: ClusterReader,
  { installation, envoyGatewayNamespace }: GatewayScope,
  { gateway, pods }: { readonly gateway: KubeObject; readonly pods: Fact<readonly KubeObject[]> },
): Promise<GatewayFacts> {
  const { namespace = '', name } = gateway.metadata;
  const own = itemsOf(pods).filter(
    ({ metadata }) =>
      metadata.labels?.[owningGatewayName] === name &&
      metadata.labels[owningGatewayNamespace] === namespace &&
      metadata.deletionTimestamp === undefined,
  );
  const { gatewayClassName = '' } = Object(gateway['spec']) as { gatewayClassName?: string };
  const place = own[0]?.metadata.namespace ?? envoyGatewayNamespace;
  const [gatewayClass, filterConfig, proxies] = await Promise.all([
    reader.get(pathOf(clusterTypes.GatewayClass, gatewayClassName)),
    gatherFilterConfig(reader, { namespace, name }, place),
    mapLimited(own, requestsAtOnce, (pod) => gatherProxy(reader, installation, pod)),
  ]);
  return {
    key: `${namespace}/${name}`,
    gateway,
    gatewayClass,
    filterConfig,
    proxies: pods.state === 'unread' ? pods : found(proxies),
  };
}

/** What is asked here is a GET of the pod's own, passed on by the API server. */
async function gatherProxy(
  reader: ClusterReader,
  { flags }: Installation,
  pod: KubeObject,
): Promise<ProxyFacts> {
  const sidecar = containersOf(pod).find(({ name }) => name === flags.extprocContainer);
  if (sidecar === undefined) return { pod, hasSidecar: false, metrics: missing, log: missing };
  const { name, namespace = '' } = pod.metadata;
  const path = pathOf(resourceTypes.Pod, name, namespace);
  const query = { container: sidecar.name, sinceSeconds: logSeconds, tailLines: logLines };
  const [metrics, log] = await Promise.all([
    reader.text(`${path}:${flags.sidecar.adminPort}/proxy/metrics`),
    reader.text(`${path}/log`, query),
  ]);
  return { pod, hasSidecar: true, metrics, log };
}
