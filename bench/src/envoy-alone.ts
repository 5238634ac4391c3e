const bufferBytes = 52_428_800;
const noLimit = 100_000;

/** Envoy's bootstrap with nothing but a route to the mock: what routing alone costs. */
export function buildEnvoyAlone(port: number, mockPort: number, adminSocket: string): object {
  const typed = (name: string, fields: object): object => ({
    '@type': `type.googleapis.com/envoy.${name}`,
    ...fields,
  });
  const address = (value: number): object => ({
    socket_address: { address: '127.0.0.1', port_value: value },
  });
  const manager = typed('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: 'in',
    http_filters: [{ name: 'router', typed_config: typed('extensions.filters.http.router.v3.Router', {}) }],
    route_config: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'mock', timeout: '600s' } }],
        },
      ],
    },
  });
  const thresholds = [{ max_connections: noLimit, max_pending_requests: noLimit, max_requests: noLimit }];
  return {
    admin: { address: { pipe: { path: adminSocket } } },
    static_resources: {
      listeners: [
        {
          name: 'in',
          address: address(port),
          per_connection_buffer_limit_bytes: bufferBytes,
          filter_chains: [{ filters: [{ name: 'http', typed_config: manager }] }],
        },
      ],
      clusters: [
        {
          name: 'mock',
          type: 'STATIC',
          connect_timeout: '5s',
          per_connection_buffer_limit_bytes: bufferBytes,
          circuit_breakers: { thresholds },
          load_assignment: {
            cluster_name: 'mock',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: address(mockPort) } }] }],
          },
        },
      ],
    },
  };
}
