import type { TokenUsage } from '@aigw/translator';

/** Whom a cost is counted for; matched against the configuration's filters. */
export interface CostLabels {
  readonly backend: string;
  /** The model that the backend was asked for. */
  readonly model: string;
  readonly routeName: string;
}

/** Turns token usage into the dynamic metadata of the namespace `io.envoy.ai_gateway`. */
export interface CostCalculator {
  /** Cost by metadata key; empty when no cost is configured. Pure and cheap: it runs on every frame that changed the usage. Never throws. */
  metadata(usage: TokenUsage, labels: CostLabels): Record<string, number | string>;
}
