// Resources
export {
  clusterScopedKinds,
  type IgnoredResource,
  type KnownResource,
  kubernetesOnlyKinds,
  type Resource,
  type ResourceKind,
  resourceSchemas,
} from './kind-registry.ts';
export {
  namespaceOf,
  parseClusterResource,
  type ParsedResource,
  parseResource,
  type ResourceIssue,
} from './parse-resource.ts';
export { celRules } from './schema-kit.ts';
export type { ObjectMeta } from './meta.ts';
export { buildCustomResourceDefinitions, type CustomResourceDefinition } from './crd/build-crds.ts';

// aigateway.envoyproxy.io
export { aiGatewayGroup } from './v1beta1/api-versions.ts';
export { AIGatewayRoute } from './v1beta1/ai-gateway-route.ts';
export {
  type AIGatewayRouteBackendRef,
  type AIGatewayRouteMatch,
  type AIGatewayRouteRule,
  isInferencePool,
} from './v1beta1/ai-gateway-route-rule.ts';
export { AIServiceBackend, type VersionedAPISchema, versionedSchema } from './v1beta1/ai-service-backend.ts';
export type { AwsCredentials, SecretReference } from './v1beta1/aws-credentials.ts';
export { BackendSecurityPolicy, credentialFields } from './v1beta1/backend-security-policy.ts';
export { BackendSecurityPolicyV1alpha1 } from './v1alpha1/backend-security-policy.ts';
export { type ExtProcContainer, GatewayConfig, gatewayConfigAnnotation } from './v1beta1/gateway-config.ts';
export { MCPRoute } from './v1beta1/mcp-route.ts';
export { QuotaPolicy } from './v1alpha1/quota-policy.ts';
export type { LLMRequestCost } from './v1beta1/llm-request-cost.ts';
export type { HTTPBodyMutation, HTTPHeaderMutation } from './v1beta1/mutation.ts';

// gateway.networking.k8s.io
export { BackendTLSPolicy } from './gateway-api/backend-tls-policy.ts';
export { Gateway, type GatewayListener, type LabelSelector } from './gateway-api/gateway.ts';
export { GatewayClass } from './gateway-api/gateway-class.ts';
export type { HTTPHeaderMatch } from './gateway-api/header-match.ts';
export { HTTPRoute } from './gateway-api/http-route.ts';
export { ReferenceGrant } from './gateway-api/reference-grant.ts';
export {
  durationMs,
  gatewayGroup,
  type ObjectReference,
  type ParentReference,
  type PolicyTargetReference,
} from './gateway-api/references.ts';

// gateway.envoyproxy.io
export { Backend, type BackendEndpoint } from './envoy-gateway/backend.ts';
export {
  type BackendTimeouts,
  BackendTrafficPolicy,
  type RetryPolicy,
} from './envoy-gateway/backend-traffic-policy.ts';
export { ClientTrafficPolicy } from './envoy-gateway/client-traffic-policy.ts';
export { EnvoyProxy } from './envoy-gateway/envoy-proxy.ts';
export { quantityBytes } from './envoy-gateway/quantity.ts';

// v1
export { ConfigMap } from './core/config-map.ts';
export { KubeNamespace } from './core/namespace.ts';
export { Secret } from './core/secret.ts';
export { Service } from './core/service.ts';

// Filter config
export {
  type AwsAssumeRole,
  type AwsAuth,
  type AwsOidcClient,
  type AwsRotatedCredentials,
  type BackendCredentialOverride,
  type BackendAuth,
  type BackendSchema,
  type FilterBackend,
  type FilterHost,
  type FilterConfig,
  type FilterModel,
  type HttpBodyMutation,
  type HttpHeaderMutation,
  type LlmRequestCost,
  type MessagesVia,
  modelFamilies,
  type ModelFamily,
  type SchemaName,
  schemaNames,
  type UnsupportedFields,
} from './filter-config/filter-config.ts';
export {
  type Effort,
  efforts,
  type ModelCapabilityOverride,
  type ReasoningStyle,
} from './filter-config/model-capability-override.ts';
export { backendLabel, identifyBackend } from './filter-config/backend-identity.ts';
export { configServer } from './filter-config/config-server.ts';
export { type ConfigIssue, FilterConfigError } from './filter-config/filter-config-error.ts';
export { type ParsedFilterConfig, parseFilterConfig } from './filter-config/parse-filter-config.ts';
