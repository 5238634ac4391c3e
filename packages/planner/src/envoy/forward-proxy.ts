import type { JsonObject } from '../json.ts';
import type { ForwardProxy } from '../resolve/forward-proxy.ts';
import { typed } from './names.ts';

/**
 * The transport socket that asks a proxy to connect (HTTP/1.1 CONNECT) before the one inside speaks: TLS is with the server,
 * and the proxy sees an address and nothing more. The one inside is left for whoever has it.
 */
export function forwardProxySocket({ address, port }: ForwardProxy): JsonObject {
  return {
    name: 'envoy.transport_sockets.http_11_proxy',
    typed_config: typed('envoy.extensions.transport_sockets.http_11_proxy.v3.Http11ProxyUpstreamTransport', {
      default_proxy_address: { socket_address: { address, port_value: port } },
    }),
  };
}
