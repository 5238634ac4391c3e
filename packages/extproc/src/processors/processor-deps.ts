import type { Logger } from '@aigw/service-runtime';
import type { ConfigStore } from '../config/runtime-config.ts';
import type { ExchangeStore } from '../stream/exchange-store.ts';
import type { SilenceWatch } from '../stream/silence-watch.ts';
import type { RequestMetrics } from '../telemetry/request-metrics.ts';
import type { FindTarget } from './endpoint-table.ts';

/** What the processors of all streams share. */
export interface ProcessorDeps {
  readonly config: ConfigStore;
  readonly exchanges: ExchangeStore;
  readonly findTarget: FindTarget;
  readonly metrics: RequestMetrics;
  readonly logger: Logger;
  /** Client headers whose value goes to dynamic metadata, and the key there: for access logs. */
  readonly logAttributes: readonly (readonly [header: string, key: string])[];
  readonly silence: SilenceWatch;
  /** How long the first event of a stream may take after its headers, in milliseconds. */
  readonly firstEventTimeoutMs: number;
  /** How long a stream may be silent after its first event; below Envoy's `stream_idle_timeout`, in milliseconds. */
  readonly streamIdleTimeoutMs: number;
  /** A new random id. */
  readonly createId: () => string;
  readonly nowSeconds: () => number;
  /** Hex SHA-256 of a UTF-8 string. */
  readonly sha256: (text: string) => string;
}
