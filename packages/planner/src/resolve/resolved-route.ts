import type {
  AIGatewayRouteMatch,
  AIGatewayRouteRule,
  BackendAuth,
  BackendSchema,
  BackendTimeouts,
  HttpBodyMutation,
  HttpHeaderMutation,
  LLMRequestCost,
  RetryPolicy,
} from '@aigw/api-types';
import type { Endpoint } from './endpoint.ts';
import type { Located } from './resource-set.ts';

/** One backend reference of one rule with everything that it refers to. */
export interface ResolvedBackend {
  /**
   * `{ns}/{name}/route/{route}/rule/{i}/ref/{j}/to/{digest}`, the digest being of what is sent where: the key that Envoy
   * hands back to the data plane.
   */
  readonly identity: string;
  /** Its place in the rule's `backendRefs`. */
  readonly index: number;
  readonly owner: Located<'AIServiceBackend'>;
  readonly schema: BackendSchema;
  readonly endpoints: readonly Endpoint[];
  readonly auth?: BackendAuth;
  readonly weight: number;
  readonly priority: number;
  readonly modelNameOverride?: string;
  readonly headerMutation?: HttpHeaderMutation;
  readonly bodyMutation?: HttpBodyMutation;
}

/** An answer that Envoy gives itself in place of a backend. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

export interface ResolvedRule {
  readonly index: number;
  /** Tells it from the other rules of its route by what it matches, wherever it stands. */
  readonly key: string;
  readonly rule: AIGatewayRouteRule;
  readonly matches: readonly AIGatewayRouteMatch[];
  /** Those that can be sent to: accepted, and of a weight above 0. */
  readonly backends: readonly ResolvedBackend[];
  /** Set when there are none. */
  readonly refusal?: Refusal;
  readonly retry?: RetryPolicy;
  readonly timeouts?: BackendTimeouts;
}

export interface ResolvedRoute {
  /** `namespace/name`. */
  readonly key: string;
  readonly route: Located<'AIGatewayRoute'>;
  readonly rules: readonly ResolvedRule[];
  /** Those that can be computed. */
  readonly costs: readonly LLMRequestCost[];
}
