export type { JsonObject, JsonValue } from './json.ts';
export type { Problem, ResourceEntry, ResourceSource } from './problem.ts';
export type { Endpoint, EndpointTls } from './resolve/endpoint.ts';
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
