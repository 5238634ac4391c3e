import type { ModelCapabilityOverride } from './model-capability-override.ts';

/** The API dialects that a backend can speak. Only the first four are served; the others are accepted and reported as unsupported. */
export const schemaNames = [
  'OpenAI',
  'Anthropic',
  'AWSBedrock',
  'AWSAnthropic',
  'AzureOpenAI',
  'Cohere',
  'GCPVertexAI',
  'GCPAnthropic',
] as const;
export type SchemaName = (typeof schemaNames)[number];

/** Model families whose capabilities differ; the hint for ids and ARNs that do not say it themselves. */
export const modelFamilies = [
  'claude',
  'nova',
  'llama',
  'mistral',
  'deepseek',
  'gpt-oss',
  'cohere',
  'titan',
  'glm',
  'other',
] as const;
export type ModelFamily = (typeof modelFamilies)[number];

/** What becomes of a field that the backend cannot take: dropped with a warning, or answered with a 400. */
export type UnsupportedFields = 'Drop' | 'Reject';

/** How Anthropic messages reach an `AWSBedrock` backend; `Auto` is InvokeModel for Claude and Converse for the rest. */
export type MessagesVia = 'Auto' | 'InvokeModel' | 'Converse';

/** The dialect of one backend. `prefix` is for OpenAI and Anthropic (default `v1`), `version` for AWSAnthropic. */
export interface BackendSchema {
  name: SchemaName;
  version?: string;
  prefix?: string;
}

/** What a cost counts: tokens of one kind, or the result of an expression of all of them. */
export const costTypes = [
  'OutputToken',
  'InputToken',
  'CachedInputToken',
  'CacheCreationInputToken',
  'TotalToken',
  'ReasoningToken',
  'CEL',
] as const;
export type CostType = (typeof costTypes)[number];

/** One token cost that is written to dynamic metadata under `metadataKey`. */
export interface LlmRequestCost {
  metadataKey: string;
  type: CostType;
  cel?: string;
  routeName?: string;
  backend?: string;
  model?: string;
}

/** A client of an OIDC issuer whose tokens are exchanged for AWS credentials. */
export interface AwsOidcClient {
  issuer: string;
  /** Instead of the one in the issuer's discovery document. */
  tokenEndpoint?: string;
  clientId: string;
  clientSecret: string;
  scopes?: string[];
  /** `aud` of the token, for issuers that let clients choose. */
  audience?: string;
}

/** A role that is assumed with what the other fields give. */
export interface AwsAssumeRole {
  roleArn: string;
  externalId?: string;
  sessionName?: string;
  sessionTags?: { key: string; value: string }[];
}

/** Credentials of `roleArn` that the control plane exchanges for and renews; `oidc` serves when it does not. */
export interface AwsRotatedCredentials {
  /** Text in the format of `~/.aws/credentials`; the section is `default`. */
  credentialFileLiteral: string;
  /** RFC 3339. */
  expiration: string;
}

/** AWS credentials of a backend: the text of a shared-credentials file, a role, or else the default chain. */
export interface AwsAuth {
  region?: string;
  /** Text in the format of `~/.aws/credentials`. */
  credentialFileLiteral?: string;
  /** The section of the file; `default` when absent. Ours. */
  profile?: string;
  /** A role to assume: with a token of `oidc`, else with the pod's own identity. Ours (the guides' `oidcConfig.roleArn`). */
  roleArn?: string;
  /** Ours. */
  oidc?: AwsOidcClient;
  /** Ours. */
  rotated?: AwsRotatedCredentials;
  /** Ours. */
  assumeRole?: AwsAssumeRole;
}

/**
 * Credentials that a request brings itself. Of headers by default: `headerName`, for AWS a prefix, else one of ours by kind.
 * With `dynamicMetadataNamespace` from what a filter before ours has put there, which no client can.
 */
export interface BackendCredentialOverride {
  headerName?: string;
  dynamicMetadataNamespace?: string;
  dynamicMetadataKey?: string;
  /** What a request without any gets: the configured credentials, or 401. */
  fallbackToConfigured: boolean;
  /** Lower-case names of headers that no backend is to see. */
  inputHeadersToRemove: string[];
}

/** How requests to a backend are authenticated; exactly one of the kinds is set. */
export interface BackendAuth {
  aws?: AwsAuth;
  apiKey?: { key: string };
  anthropicAPIKey?: { key: string };
  credentialOverride?: BackendCredentialOverride;
}

export interface HttpHeaderMutation {
  set: { name: string; value: string }[];
  remove: string[];
}

/** Edits of top-level fields; `value` is JSON text, or a plain string where it does not parse. */
export interface HttpBodyMutation {
  set: { path: string; value: string }[];
  remove: string[];
}

/** One server that requests to a backend may go to. */
export interface FilterHost {
  /** As Envoy's metadata has it under `upstream_address`: `name:port`, `ip:port`, or the path of a socket. */
  address: string;
  /** The `host` that Envoy writes for it, and so the one that is signed. */
  host: string;
}

/** One backend reference of one rule, as the data plane sees it. */
export interface FilterBackend {
  /** Identity that Envoy reports back: `{ns}/{name}/route/{route}/rule/{i}/ref/{j}/to/{digest}`. */
  name: string;
  /** Empty or absent: the client's model name is sent. */
  modelNameOverride?: string;
  schema: BackendSchema;
  auth?: BackendAuth;
  httpHeaderMutation?: HttpHeaderMutation;
  httpBodyMutation?: HttpBodyMutation;
  modelFamily?: ModelFamily;
  modelCapabilities?: ModelCapabilityOverride[];
  unsupportedFields?: UnsupportedFields;
  messagesVia?: MessagesVia;
  /** The `host` that Envoy's route writes, where all servers have the same; without it Envoy's `upstream_host` attribute. Ours. */
  host?: string;
  /** The only servers that get requests, and keys; absent: any of the name in `host`. Ours. */
  hosts?: FilterHost[];
}

/** One entry of the model lists. Keys are capitalised, as the reference's configuration has them. */
export interface FilterModel {
  Name: string;
  OwnedBy: string;
  CreatedAt: string;
}

/** What the control plane tells the data plane. @see docs/filter-config.md */
export interface FilterConfig {
  version: string;
  uuid?: string;
  globalLLMRequestCosts: LlmRequestCost[];
  llmRequestCosts: LlmRequestCost[];
  backends: FilterBackend[];
  models: FilterModel[];
  unscopedModels: FilterModel[];
  modelsByHost: Record<string, FilterModel[]>;
}
