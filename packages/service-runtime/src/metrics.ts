import { collectDefaultMetrics, Registry } from 'prom-client';
import { createSeriesMap, type Series } from './metric-series.ts';

/** What every metric says of itself. */
export interface MetricOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  /** Distinct label sets kept; what comes after them is counted under `overflow`. 1000 by default. */
  readonly maxSeries?: number;
}

/** One time series of a counter. Keep it where it is used often: adding is then one addition. */
export interface CounterSeries {
  add(amount?: number): void;
}

/** One time series of a gauge. */
export interface GaugeSeries extends CounterSeries {
  set(value: number): void;
}

/** One time series of a histogram. */
export interface HistogramSeries {
  observe(value: number): void;
}

/** A metric with labels; `with` gives the series of one label set, always the same object. */
export interface Metric<L extends string, S> {
  with(labels: Readonly<Record<L, string>>): S;
  /** Forgets every series, for metrics whose labels are the news. */
  clear(): void;
}

/** The metrics of a process. */
export interface Metrics {
  counter<const L extends string>(options: MetricOptions<L>): Metric<L, CounterSeries>;
  gauge<const L extends string>(options: MetricOptions<L>): Metric<L, GaugeSeries>;
  /** @param buckets Upper bounds in rising order, without infinity. */
  histogram<const L extends string>(
    options: MetricOptions<L>,
    buckets: readonly number[],
  ): Metric<L, HistogramSeries>;
  /** Everything in Prometheus' exposition format. */
  text(): Promise<string>;
}

/**
 * Metrics on prom-client's registry. The series are our own: prom-client hashes the labels at each observation, which the
 * request path cannot afford, and has no bound on their number.
 * @param withProcessMetrics Adds CPU, memory, event-loop and garbage-collection metrics of the process.
 */
export function createMetrics({ withProcessMetrics = false } = {}): Metrics {
  const registry = new Registry();
  if (withProcessMetrics) collectDefaultMetrics({ register: registry });
  return {
    counter: (options) => register(registry, 'counter', options, createValue),
    gauge: (options) => register(registry, 'gauge', options, createValue),
    histogram: (options, buckets) => register(registry, 'histogram', options, () => createHistogram(buckets)),
    text: () => registry.metrics(),
  };
}

function register<L extends string, S>(
  registry: Registry,
  type: 'counter' | 'gauge' | 'histogram',
  options: MetricOptions<L>,
  create: () => Series & S,
): Metric<L, S> {
  const { name, help, labels, maxSeries = 1000 } = options;
  const series = createSeriesMap(labels, maxSeries, create);
  const collector = {
    name,
    get: () => ({ name, help, type, aggregator: 'sum', values: series.samples(name) }),
    reset: () => undefined,
  };
  // prom-client's types know only its own classes; the registry asks for `name` and `get` alone.
  registry.registerMetric(collector as unknown as Parameters<Registry['registerMetric']>[0]);
  return {
    with: (labels) => series.with(labels),
    clear: () => {
      series.clear();
    },
  };
}

function createValue(): Series & GaugeSeries {
  let value = 0;
  return {
    add(amount = 1) {
      value += amount;
    },
    set(next) {
      value = next;
    },
    samples: (name, labels) => [{ metricName: name, labels, value }],
  };
}

function createHistogram(buckets: readonly number[]): Series & HistogramSeries {
  const counts = new Float64Array(buckets.length + 1);
  let sum = 0;
  return {
    observe(value) {
      let index = 0;
      while (index < buckets.length && value > (buckets[index] ?? Infinity)) index += 1;
      counts[index] = (counts[index] ?? 0) + 1;
      sum += value;
    },
    samples(name, labels) {
      let cumulative = 0;
      const rows = Array.from(counts, (count, index) => {
        cumulative += count;
        const le = index < buckets.length ? String(buckets[index]) : '+Inf';
        return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: cumulative };
      });
      return [
        ...rows,
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: cumulative },
      ];
    },
  };
}
