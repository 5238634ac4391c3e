import type { FilterConfig } from '@aigw/api-types';
import type { JsonObject } from '../json.ts';
import type { Problem } from '../problem.ts';
import type { CheckCel } from '../resolve/costs.ts';
import type { Endpoint } from '../resolve/endpoint.ts';
import type { Sha256Hex } from '../kubernetes/names.ts';

/** Provider hosts that are answered by a mock on this machine, and what replaces placeholder credentials. */
export interface MockOptions {
  readonly address: string;
  readonly port: number;
  isProviderHost(host: string): boolean;
  /** Text in the format of `~/.aws/credentials`. */
  readonly awsCredentialsFile: string;
  readonly anthropicApiKey: string;
  readonly openaiApiKey: string;
}

/** The facts about this machine that a standalone plan depends on. */
export interface StandaloneOptions {
  /** The address that listeners bind. */
  readonly host: string;
  /** Replaces the port of the first HTTP listener. */
  readonly port?: number;
  /** The port that is bound where a listener asks for `requested`; moves privileged ports. */
  bindPort(requested: number): number;
  readonly extprocSocket: string;
  readonly envoyAdminSocket: string;
  /** The folder that holds `lds.json`, `rds.json`, `cds.json` and `eds.json`. */
  readonly configDir: string;
  /** The bundle of certificate authorities that `wellKnownCACertificates: System` means. */
  readonly systemCaPath: string;
  readonly checkCel: CheckCel;
  readonly sha256Hex: Sha256Hex;
  readonly mock?: MockOptions;
  /** Where Envoy writes its access log; none when absent. */
  readonly logPath?: string;
}

/** One bound address. */
export interface PlannedListener {
  readonly name: string;
  /** `namespace/name` of its Gateway. */
  readonly gateway: string;
  readonly address: string;
  readonly port: number;
  readonly requestedPort: number;
}

/** A model that clients can name, and what a request to it must carry besides. */
export interface PlannedModel {
  readonly name: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly port: number;
}

/** One backend reference of one rule: where it leads, and what it is asked for. */
export interface PlannedBackend {
  /** Its name in the filter configuration. */
  readonly identity: string;
  /** `namespace/name` of its AIServiceBackend. */
  readonly backend: string;
  /** `namespace/name` of the BackendSecurityPolicy that targets it, where there is one. */
  readonly policy?: string;
  readonly endpoints: readonly Endpoint[];
  /** The models that it is asked for, as far as the rule names them. */
  readonly models: readonly string[];
}

/** Contents of Envoy's files, by purpose. */
export interface EnvoyFiles {
  readonly bootstrap: JsonObject;
  readonly listeners: JsonObject;
  readonly routes: JsonObject;
  readonly clusters: JsonObject;
  readonly endpoints: JsonObject;
}

/** Everything that a machine without a cluster needs to serve a set of resources. */
export interface StandalonePlan {
  readonly filterConfig: FilterConfig;
  readonly envoy: EnvoyFiles;
  readonly listeners: readonly PlannedListener[];
  readonly models: readonly PlannedModel[];
  readonly backends: readonly PlannedBackend[];
  readonly problems: readonly Problem[];
}
