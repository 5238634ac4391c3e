import type { JsonObject } from '../json.ts';
import { typed } from './names.ts';

/** An xDS file: Envoy reads it again when another is renamed over it. */
export function fileSource(configDir: string, file: string): JsonObject {
  return { path_config_source: { path: `${configDir}/${file}` }, resource_api_version: 'V3' };
}

/** Connections from clients above which new ones are refused, so that Envoy does not run out of descriptors. */
const maxClientConnections = 50_000;

/** What Envoy is started with: its admin interface on a socket, everything else in files that can be exchanged. */
export function bootstrap(adminSocket: string, configDir: string): JsonObject {
  return {
    node: { id: 'aigw', cluster: 'aigw' },
    admin: { address: { pipe: { path: adminSocket, mode: 0o600 } } },
    dynamic_resources: {
      lds_config: fileSource(configDir, 'lds.json'),
      cds_config: fileSource(configDir, 'cds.json'),
    },
    layered_runtime: {
      layers: [
        {
          name: 'aigw',
          static_layer: {
            // Ended calls are closed and not reset: servers count resets of a connection as an attack.
            'envoy.reloadable_features.ext_proc_graceful_grpc_close': true,
          },
        },
      ],
    },
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: typed(
            'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
            { max_active_downstream_connections: maxClientConnections },
          ),
        },
      ],
    },
  };
}
