import { mapEffort, type ModelCapabilities } from '../../../capabilities/index.ts';
import { buildThinking, convertThinking, type ClaudeReasoning } from '../../../claude/convert-reasoning.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import type { WarningCollector } from '../../../warnings.ts';

interface ReasoningContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
}

/** The client's own `thinking` wins over `reasoning_effort`. */
export function convertReasoning(request: ChatRequest, context: ReasoningContext): ClaudeReasoning {
  const { thinking, reasoningEffort, names } = request;
  if (thinking) return convertThinking(thinking, request, context);
  if (reasoningEffort === undefined || reasoningEffort === 'none') return { isThinking: false };
  const effort = mapEffort(context.capabilities.efforts, reasoningEffort);
  if (effort !== undefined) return buildThinking(effort, request, context);
  context.warnings.drop(names.reasoningEffort, 'the model has no such setting');
  return { isThinking: false };
}
