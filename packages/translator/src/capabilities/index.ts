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
  isInvokeModelField,
  refusedToolKeys,
  serverToolBlocks,
  serverTools,
  toolKeyBetas,
  toolSearchBeta,
} from './invoke-model.ts';
export type { Effort, ReasoningStyle } from '@aigw/api-types';
export type { ModelCapabilities, SamplingLimits, ToolChoiceMode } from './model-capabilities.ts';
export { familyHint, judgedId } from './configured.ts';
export { claudeVersion, isArn, type ClaudeVersion } from './model-id.ts';
export { openAiCapabilitiesOf, type OpenAiCapabilities } from './openai-models.ts';
