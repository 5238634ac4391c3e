export type { JsonObject, JsonValue } from './json.ts';
export type { Problem, ResourceEntry, ResourceSource } from './problem.ts';
export type {
  EnvoyFiles,
  MockOptions,
  PlannedListener,
  PlannedModel,
  StandaloneOptions,
  StandalonePlan,
} from './standalone/standalone-plan.ts';
export { planStandalone } from './standalone/plan-standalone.ts';
