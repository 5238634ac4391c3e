import type { Metrics } from '@aigw/service-runtime';

/** Metrics of the configuration in force. */
export interface ConfigMetrics {
  loaded(config: {
    readonly generation: number;
    readonly uuid: string;
    /** How many costs have an expression that cannot be used. */
    readonly costsLeftOut: number;
  }): void;
  failed(): void;
  /** Whether the server that tells of changes can be asked. */
  connected(isConnected: boolean): void;
}

/**
 * `aigw_config_generation`, `aigw_config_info` (with the configuration's uuid), `aigw_config_costs_left_out`,
 * `aigw_config_reloads_total` and `aigw_config_server_connected`.
 */
export function createConfigMetrics(metrics: Metrics): ConfigMetrics {
  const generationGauge = metrics
    .gauge({ name: 'aigw_config_generation', help: 'Rises with each accepted configuration.', labels: [] })
    .with({});
  const info = metrics.gauge({
    name: 'aigw_config_info',
    help: 'The configuration in force.',
    labels: ['uuid'],
  });
  const costs = metrics
    .gauge({
      name: 'aigw_config_costs_left_out',
      help: 'Costs of the configuration in force that are not counted, since their expressions cannot be used.',
      labels: [],
    })
    .with({});
  const reloads = metrics.counter({
    name: 'aigw_config_reloads_total',
    help: 'Configurations read, by what became of them.',
    labels: ['result'],
  });
  const connection = metrics.gauge({
    name: 'aigw_config_server_connected',
    help: '1 while the controller tells of changes, 0 while only the volume does; absent without -configServer.',
    labels: [],
  });
  const succeeded = reloads.with({ result: 'success' });
  const failed = reloads.with({ result: 'failure' });
  return {
    loaded({ generation, uuid, costsLeftOut }) {
      generationGauge.set(generation);
      costs.set(costsLeftOut);
      info.clear();
      info.with({ uuid }).set(1);
      succeeded.add();
    },
    failed: () => failed.add(),
    connected: (isConnected) => connection.with({}).set(isConnected ? 1 : 0),
  };
}
