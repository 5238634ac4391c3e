export type { JsonObject, JsonValue } from './json.ts';
export type { Problem, ResourceEntry, ResourceSource } from './problem.ts';
export { type Endpoint, type EndpointTls, networkAddress } from './resolve/endpoint.ts';
export type { CheckCel } from './resolve/costs.ts';
export { isPlaceholder } from './standalone/mock-providers.ts';
export type {
  EnvoyFiles,
  MockOptions,
  PlannedBackend,
  PlannedListener,
  PlannedModel,
  StandaloneOptions,
  StandalonePlan,
} from './standalone/standalone-plan.ts';
export { planStandalone } from './standalone/plan-standalone.ts';

// Kubernetes
export {
  type ConditionReason,
  conditionTypes,
  type ConditionType,
  type PlannedCondition,
  planConditions,
  unsupportedConditions,
} from './kubernetes/conditions.ts';
export {
  alsoOwnedBy,
  type DesiredMetadata,
  type DesiredObject,
  type OwnerReference,
} from './kubernetes/kubernetes-object.ts';
export {
  boundedName,
  filterConfigKeys,
  filterConfigLabel,
  filterConfigPartName,
  filterConfigPartPath,
  filterConfigSecretName,
  gatewayAnnotation,
  generatedAnnotation,
  managedBy,
  managedByLabel,
  maxConfigParts,
  ownerOfName,
  owningGatewayClass,
  owningGatewayName,
  owningGatewayNamespace,
  type Sha256Hex,
  stampAnnotation,
} from './kubernetes/names.ts';
export { type BackendPlan, planBackend, planPolicyConditions } from './kubernetes/plan-backend.ts';
export {
  encodeFilterConfigIndex,
  type FilterConfigIndex,
  type FilterConfigPart,
  parseFilterConfigIndex,
} from './kubernetes/filter-config-index.ts';
export {
  type FilterConfigHistory,
  type FilterConfigPlace,
  type FilterConfigSecrets,
  FilterConfigSizeError,
  planFilterConfigSecrets,
} from './kubernetes/plan-filter-config-secrets.ts';
export { findUnpermitted } from './kubernetes/resolve-cluster-route.ts';
export { attachedGateways, parentGateways } from './kubernetes/gateway-config.ts';
export { planGatewayConfig } from './kubernetes/plan-gateway.ts';
export { planGatewayConfigConditions } from './kubernetes/plan-gateway-config.ts';
export {
  planRotatedSecret,
  planRotation,
  readRotationTimes,
  type RotationPlan,
  type RotationTimes,
  type SessionCredentials,
} from './kubernetes/plan-rotation.ts';
export { planRoute, type RoutePlan, type RouteSources } from './kubernetes/plan-route.ts';
export {
  planPolicyProgrammed,
  planProgrammed,
  planTakingPart,
  readRotationFailureStart,
  type RotationFailure,
  type RouteProgress,
} from './kubernetes/programmed.ts';
export {
  currentOf,
  type LiveHttpRoute,
  parentsAt,
  type RouteParentStatus,
} from './kubernetes/route-parents.ts';
export {
  encodeRouteStamp,
  parseRouteStamp,
  type RouteStamp,
  type StampedBackend,
  type StampedRule,
} from './kubernetes/route-stamp.ts';
export { rotatedSecretName } from './resolve/rotated-credentials.ts';
export { describeResource } from './resolve/problem-log.ts';
export {
  keyOf,
  type KindOfResource,
  type Located,
  type ResourceOf,
  type ResourceSet,
} from './resolve/resource-set.ts';
export { forwardProxySocket } from './envoy/forward-proxy.ts';
export type { ForwardProxy } from './resolve/forward-proxy.ts';
export { type GatewayParts, planBackendFilters, planGatewayParts } from './xds/gateway-parts.ts';
