import type { Metric, HistogramSeries, Metrics } from '@aigw/service-runtime';
import { buckets, labelName } from './metric-names.ts';

/** Labels of one attempt, by Prometheus label name. */
export type GenAiLabels = Readonly<Record<string, string>>;

/** The histograms of OpenTelemetry's conventions for generative AI, under the names that its Prometheus exporter gives them. */
export interface GenAiMetrics {
  readonly tokens: Metric<string, HistogramSeries>;
  readonly durationSeconds: Metric<string, HistogramSeries>;
  readonly timeToFirstTokenSeconds: Metric<string, HistogramSeries>;
  readonly timePerOutputTokenSeconds: Metric<string, HistogramSeries>;
}

const commonLabels = [
  'gen_ai_operation_name',
  'gen_ai_provider_name',
  'gen_ai_original_model',
  'gen_ai_request_model',
  'gen_ai_response_model',
];

/**
 * @param attributes Names of attributes that come from request headers.
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
 */
export function createGenAiMetrics(metrics: Metrics, attributes: readonly string[]): GenAiMetrics {
  const labels = [...commonLabels, ...attributes.map(labelName)];
  return {
    tokens: metrics.histogram(
      {
        name: 'gen_ai_client_token_usage_token',
        help: 'Tokens of an exchange, by type.',
        labels: [...labels, 'gen_ai_token_type'],
        maxSeries: 2000,
      },
      buckets.tokens,
    ),
    durationSeconds: metrics.histogram(
      {
        name: 'gen_ai_server_request_duration_seconds',
        help: 'Time of an attempt, from its request to the end of its answer.',
        labels: [...labels, 'error_type'],
      },
      buckets.durationSeconds,
    ),
    timeToFirstTokenSeconds: metrics.histogram(
      {
        name: 'gen_ai_server_time_to_first_token_seconds',
        help: 'Time from the request of an attempt to the first output of its stream.',
        labels,
      },
      buckets.timeToFirstTokenSeconds,
    ),
    timePerOutputTokenSeconds: metrics.histogram(
      {
        name: 'gen_ai_server_time_per_output_token_seconds',
        help: 'Time per output token of a stream after the first.',
        labels,
      },
      buckets.timePerOutputTokenSeconds,
    ),
  };
}
