import {
  type Cluster,
  Http11ProxyUpstreamTransportSchema,
  type TransportSocket,
  TransportSocketSchema,
} from '@aigw/envoy-proto/xds';
import { type ForwardProxy, forwardProxySocket, type RouteStamp } from '@aigw/planner';
import { fromPlan, pack, unpack } from './messages.ts';

/** The proxy of a cluster's Gateway, none, or why nothing may go out. */
export type ChosenProxy =
  | { readonly kind: 'proxy'; readonly proxy: ForwardProxy }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string };

/** @param gateways Those that the translation has the route behind: one, since those that share their proxies are not served. */
export function chooseProxy(stamp: RouteStamp | undefined, gateways: ReadonlySet<string>): ChosenProxy {
  const [gateway = ''] = gateways;
  const proxy = stamp?.forwardProxies?.[gateway];
  if (proxy === null) {
    return {
      kind: 'refused',
      reason: 'the forward proxy of its GatewayConfig is not an IP address and port',
    };
  }
  return proxy === undefined ? { kind: 'none' } : { kind: 'proxy', proxy };
}

function wrap(inner: TransportSocket, proxy: ForwardProxy): TransportSocket {
  const outer = fromPlan(TransportSocketSchema, forwardProxySocket(proxy));
  if (inner.name === outer.name || outer.configType.case !== 'typedConfig') return inner;
  const transport = unpack(Http11ProxyUpstreamTransportSchema, outer.configType.value);
  if (transport === undefined) return inner;
  transport.transportSocket = inner;
  outer.configType = { case: 'typedConfig', value: pack(Http11ProxyUpstreamTransportSchema, transport) };
  return outer;
}

/** Whether a cluster encrypts. What it sends in plain text is for servers nearby, and goes there directly. */
export const hasTransportSocket = ({ transportSocket, transportSocketMatches }: Cluster): boolean =>
  transportSocket !== undefined || transportSocketMatches.length > 0;

/** Sends what a cluster encrypts through a proxy. */
export function addForwardProxy(cluster: Cluster, proxy: ForwardProxy): void {
  if (cluster.transportSocket !== undefined) cluster.transportSocket = wrap(cluster.transportSocket, proxy);
  for (const match of cluster.transportSocketMatches) {
    if (match.transportSocket !== undefined) match.transportSocket = wrap(match.transportSocket, proxy);
  }
}
