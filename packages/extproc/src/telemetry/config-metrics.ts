import type { Metrics } from '@aigw/service-runtime';

/** Metrics of the configuration in force. */
export interface ConfigMetrics {
  loaded(config: { readonly generation: number; readonly uuid: string }): void;
  failed(): void;
}

/** `aigw_config_generation`, `aigw_config_info` (with the configuration's uuid) and `aigw_config_reloads_total`. */
export function createConfigMetrics(metrics: Metrics): ConfigMetrics {
  const generationGauge = metrics
    .gauge({ name: 'aigw_config_generation', help: 'Rises with each accepted configuration.', labels: [] })
    .with({});
  const info = metrics.gauge({
    name: 'aigw_config_info',
    help: 'The configuration in force.',
    labels: ['uuid'],
  });
  const reloads = metrics.counter({
    name: 'aigw_config_reloads_total',
    help: 'Configurations read, by what became of them.',
    labels: ['result'],
  });
  const succeeded = reloads.with({ result: 'success' });
  const failed = reloads.with({ result: 'failure' });
  return {
    loaded({ generation, uuid }) {
      generationGauge.set(generation);
      info.clear();
      info.with({ uuid }).set(1);
      succeeded.add();
    },
    failed: () => failed.add(),
  };
}
