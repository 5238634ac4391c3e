import type { FilterHost, FilterModel, HttpBodyMutation, HttpHeaderMutation } from '@aigw/api-types';
import type { UpstreamTarget } from '@aigw/translator';
import type { BackendAuthenticator } from '../auth/backend-auth.ts';
import type { CostCalculator } from '../cost/cost-calculator.ts';

/** One backend in compiled form: all that an attempt needs, computed when the configuration is loaded. */
export interface RuntimeBackend {
  /** What users call it: the identity that Envoy reports back, without the digest of where it leads. */
  readonly name: string;
  readonly target: UpstreamTarget;
  readonly auth: BackendAuthenticator;
  /** Names are lower-case. */
  readonly headerMutation?: HttpHeaderMutation;
  readonly bodyMutation?: HttpBodyMutation;
  /** The host that Envoy's route writes, and so the one to sign; absent: the `upstream_host` attribute. */
  readonly host?: string;
  /** The only servers that get requests; absent: any of the name in `host`. */
  readonly hosts?: readonly FilterHost[];
  /** The model name that replaces the client's; absent: none. */
  readonly overrideModel?: string;
  /** False for schemas that are accepted in configuration but not served. */
  readonly schemaSupported: boolean;
}

/** One entry of the model lists. */
export type ModelEntry = FilterModel;

/** A whole configuration, immutable; a request keeps the one it began with. */
export interface RuntimeConfig {
  /** Rises with each accepted configuration. */
  readonly generation: number;
  /** By the identity that Envoy reports back. */
  readonly backends: ReadonlyMap<string, RuntimeBackend>;
  /** Lower-case names of the headers in which requests may bring credentials to some backend: no backend is to see them. */
  readonly credentialHeaders: ReadonlySet<string>;
  /** The models that a client of this host (`:authority`, port allowed) may see. */
  models(host: string | undefined): readonly ModelEntry[];
  readonly costs: CostCalculator;
}

/** Holds the configuration in force. */
export interface ConfigStore {
  current(): RuntimeConfig;
  /** Resolves when the configuration in force has a backend of this name, or when the time is over; `undefined` when it has. */
  untilBackend(name: string, withinMs: number): Promise<void> | undefined;
}
