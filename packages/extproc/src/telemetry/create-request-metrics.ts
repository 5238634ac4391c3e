import type { CounterSeries, Metric, Metrics } from '@aigw/service-runtime';
import type { ResponseFailure, TokenUsage, Warning } from '@aigw/translator';
import { createGenAiMetrics, type GenAiLabels, type GenAiMetrics } from './gen-ai-metrics.ts';
import type { HeaderAttribute } from './header-attributes.ts';
import { labelName, operationNames, providerName } from './metric-names.ts';
import type {
  AttemptLabels,
  RequestLabels,
  RequestMetrics,
  RequestObserver,
  RequestOutcome,
  TokenLatencies,
} from './request-metrics.ts';

export interface RequestMetricsOptions {
  readonly metrics: Metrics;
  /** Monotonic time in milliseconds. */
  readonly now: () => number;
  /** Request headers that become labels. */
  readonly headerAttributes: readonly HeaderAttribute[];
}

interface Instruments {
  readonly genAi: GenAiMetrics;
  readonly inFlight: { add(amount?: number): void };
  readonly retries: Metric<'backend', CounterSeries>;
  readonly droppedFields: Metric<'field' | 'action', CounterSeries>;
  readonly streamErrors: Metric<'type', CounterSeries>;
}

/** Metrics of requests: the generative-AI histograms per attempt, and our own counters. */
export function createRequestMetrics({
  metrics,
  now,
  headerAttributes,
}: RequestMetricsOptions): RequestMetrics {
  const instruments = createInstruments(
    metrics,
    headerAttributes.map(({ attribute }) => attribute),
  );
  return {
    request: (labels) => createObserver(labels, { instruments, now, headerAttributes }),
  };
}

function createInstruments(metrics: Metrics, attributes: readonly string[]): Instruments {
  return {
    genAi: createGenAiMetrics(metrics, attributes),
    inFlight: metrics
      .gauge({ name: 'aigw_requests_in_flight', help: 'Requests whose answer has not ended.', labels: [] })
      .with({}),
    retries: metrics.counter({
      name: 'aigw_upstream_retries_total',
      help: 'Attempts after the first one of a request, by the backend that was tried.',
      labels: ['backend'],
    }),
    droppedFields: metrics.counter({
      name: 'aigw_dropped_fields_total',
      help: 'Fields of requests that their backend cannot take.',
      labels: ['field', 'action'],
      maxSeries: 300,
    }),
    streamErrors: metrics.counter({
      name: 'aigw_stream_errors_total',
      help: 'Streams that did not end well, by the reason.',
      labels: ['type'],
      maxSeries: 100,
    }),
  };
}

interface ObserverContext {
  readonly instruments: Instruments;
  readonly now: () => number;
  readonly headerAttributes: readonly HeaderAttribute[];
}

interface Attempt {
  readonly labels: AttemptLabels;
  readonly startedAt: number;
  firstOutputAt: number | undefined;
  lastOutputAt: number;
  usage: TokenUsage | undefined;
  responseModel: string | undefined;
}

function createObserver(request: RequestLabels, context: ObserverContext): RequestObserver {
  const { instruments, now } = context;
  let current: Attempt | undefined;
  instruments.inFlight.add(1);
  return {
    attempt(labels) {
      const startedAt = now();
      if (current !== undefined) {
        recordAttempt(current, { request, context, hasFailed: true, endedAt: startedAt });
        instruments.retries.with({ backend: labels.backend }).add();
      }
      current = {
        labels,
        startedAt,
        firstOutputAt: undefined,
        lastOutputAt: startedAt,
        usage: undefined,
        responseModel: undefined,
      };
    },
    warnings(warnings) {
      for (const { path, action } of warnings) {
        instruments.droppedFields.with({ field: fieldOf(path), action }).add();
      }
    },
    output() {
      if (current === undefined) return;
      current.lastOutputAt = now();
      current.firstOutputAt ??= current.lastOutputAt;
    },
    usage(usage, responseModel) {
      if (current === undefined) return;
      current.usage = usage ?? current.usage;
      current.responseModel = responseModel ?? current.responseModel;
    },
    latencies: () => (current === undefined ? undefined : latenciesOf(current, current.lastOutputAt)),
    end(outcome) {
      instruments.inFlight.add(-1);
      const failure = failureOf(outcome);
      if (failure !== undefined && request.stream) instruments.streamErrors.with({ type: failure }).add();
      if (current === undefined) return;
      recordAttempt(current, { request, context, hasFailed: failure !== undefined, endedAt: now() });
    },
  };
}

interface AttemptEnd {
  readonly request: RequestLabels;
  readonly context: ObserverContext;
  readonly hasFailed: boolean;
  readonly endedAt: number;
}

function recordAttempt(attempt: Attempt, { request, context, hasFailed, endedAt }: AttemptEnd): void {
  const { genAi } = context.instruments;
  const labels = buildLabels(attempt, request, context.headerAttributes);
  const errorType = hasFailed ? '_OTHER' : '';
  genAi.durationSeconds
    .with({ ...labels, error_type: errorType })
    .observe((endedAt - attempt.startedAt) / 1000);
  recordTokens(attempt.usage, labels, genAi);
  const latencies = request.stream ? latenciesOf(attempt, endedAt) : undefined;
  if (latencies === undefined) return;
  genAi.timeToFirstTokenSeconds.with(labels).observe(latencies.timeToFirstTokenMs / 1000);
  if ((attempt.usage?.outputTokens ?? 0) > 1) {
    genAi.timePerOutputTokenSeconds.with(labels).observe(latencies.interTokenLatencyMs / 1000);
  }
}

function recordTokens(usage: TokenUsage | undefined, labels: GenAiLabels, { tokens }: GenAiMetrics): void {
  const record = (type: string, count: number | undefined): void => {
    if (count !== undefined) tokens.with({ ...labels, gen_ai_token_type: type }).observe(count);
  };
  record('input', usage?.inputTokens);
  record('output', usage?.outputTokens);
  record('cached_input', usage?.cachedInputTokens);
  record('cache_creation_input', usage?.cacheCreationInputTokens);
  record('reasoning', usage?.reasoningTokens);
}

function buildLabels(
  { labels, responseModel }: Attempt,
  { endpoint, originalModel, headers }: RequestLabels,
  headerAttributes: readonly HeaderAttribute[],
): GenAiLabels {
  const result: Record<string, string> = {
    gen_ai_operation_name: operationNames[endpoint],
    gen_ai_provider_name: providerName(labels.schema, labels.backend),
    gen_ai_original_model: originalModel,
    gen_ai_request_model: labels.model,
    gen_ai_response_model: responseModel ?? 'unknown',
  };
  for (const { header, attribute } of headerAttributes)
    result[labelName(attribute)] = headers.get(header) ?? '';
  return result;
}

function latenciesOf(
  { startedAt, firstOutputAt, usage }: Attempt,
  until: number,
): TokenLatencies | undefined {
  if (firstOutputAt === undefined) return undefined;
  const tokens = usage?.outputTokens ?? 0;
  return {
    timeToFirstTokenMs: firstOutputAt - startedAt,
    interTokenLatencyMs: tokens > 1 ? (until - firstOutputAt) / (tokens - 1) : 0,
  };
}

function failureOf(outcome: RequestOutcome): ResponseFailure['code'] | undefined {
  switch (outcome.kind) {
    case 'finished':
      return undefined;
    case 'aborted':
      return 'aborted';
    case 'failed':
      return outcome.failure.code;
  }
}

/** The path without its indexes, so that a long conversation is one series: `messages.content`. */
function fieldOf(path: Warning['path']): string {
  return path.replaceAll(/\[\d+\]/g, '');
}
