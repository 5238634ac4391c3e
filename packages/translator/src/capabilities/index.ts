export {
  capabilitiesOf,
  isClaude,
  mapEffort,
  minThinkingBudget,
  thinkingBudget,
  type CapabilityTarget,
} from './capabilities-of.ts';
export {
  contextManagementEdits,
  invokeModelBeta,
  invokeModelFields,
  refusedToolKeys,
  serverTools,
  toolKeyBetas,
  toolSearchBeta,
} from './invoke-model.ts';
export type {
  Effort,
  ModelCapabilities,
  ReasoningStyle,
  SamplingLimits,
  ToolChoiceMode,
} from './model-capabilities.ts';
export { baseModelId, claudeVersion, isArn, type ClaudeVersion } from './model-id.ts';
export { takesReasoningEffort } from './openai-models.ts';
