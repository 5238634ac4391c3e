import type { Logger } from '@aigw/service-runtime';
import type { ResponseFailure, TokenUsage } from '@aigw/translator';
import type { DynamicMetadata } from '../codec/messages.ts';
import { type Attempt, endExchange, type Exchange } from '../stream/exchange.ts';

/** Where a response says what it learns: metrics, dynamic metadata, log. */
export interface ResponseReport {
  /** Cumulative usage and the model's name; what it costs, for the response's dynamic metadata. */
  facts(usage: TokenUsage | undefined, responseModel: string | undefined): DynamicMetadata;
  /** A piece with output left for the client. */
  output(): void;
  /** Latencies of a stream, for its last dynamic metadata. */
  latencies(): DynamicMetadata;
  /** The response is over, well or with a failure. */
  end(failure: ResponseFailure | undefined): void;
}

/** @param isBilled False for answers that are not a success: they cost nothing. */
export function createResponseReport(
  logger: Logger,
  exchange: Exchange,
  attempt: Attempt,
  isBilled: boolean,
): ResponseReport {
  const { observer } = exchange;
  return {
    facts(usage, responseModel) {
      if (usage === undefined && responseModel === undefined) return {};
      observer?.usage(usage, responseModel);
      return isBilled ? buildMetadata(exchange, attempt, { usage, responseModel }) : {};
    },
    output: () => observer?.output(),
    latencies() {
      const latencies = observer?.latencies();
      if (!isBilled || latencies === undefined) return {};
      return {
        token_latency_ttft: latencies.timeToFirstTokenMs,
        token_latency_itl: latencies.interTokenLatencyMs,
      };
    },
    end(failure) {
      if (failure === undefined) {
        endExchange(exchange, { kind: 'finished' });
        return;
      }
      const { code, status } = failure;
      logger.info('request failed upstream', {
        requestId: exchange.requestId,
        backend: attempt.backend.name,
        code,
        status,
      });
      endExchange(exchange, { kind: 'failed', failure });
    },
  };
}

/** Costs and the names that access logs want with them; empty when no cost is configured. */
function buildMetadata(
  { config }: Exchange,
  { backend, model, routeName }: Attempt,
  { usage, responseModel }: { usage: TokenUsage | undefined; responseModel: string | undefined },
): DynamicMetadata {
  const costs = usage && config.costs.metadata(usage, { backend: backend.name, model, routeName });
  if (costs === undefined || Object.keys(costs).length === 0) return {};
  return {
    ...costs,
    model_name_override: model,
    ai_service_backend_name: shortName(backend.name),
    route_name: routeName,
    ...(responseModel !== undefined && { response_model: responseModel }),
  };
}

/** `{namespace}/{name}` of the full identity `{namespace}/{name}/route/{route}/rule/{i}/ref/{j}`. */
function shortName(backend: string): string {
  const end = backend.indexOf('/route/');
  return end < 0 ? backend : backend.slice(0, end);
}
