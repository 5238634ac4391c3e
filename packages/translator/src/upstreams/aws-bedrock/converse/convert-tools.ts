import type { ModelCapabilities, ToolChoiceMode } from '../../../capabilities/index.ts';
import type { ChatMessage, ChatRequest, ChatTool } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ToolNames } from '../../../endpoints/tool-names.ts';
import type { ConverseTool, ConverseToolChoice, ToolConfig } from '../../../schemas/bedrock/converse.ts';
import { rawJson, type EncodableJson, type RawJson } from '../../../wire/json-document.ts';
import { convertCachePoint, type CachePointContext } from './cache-points.ts';

/** What becomes of a request's tools. */
export interface ConvertedTools {
  readonly toolConfig?: ToolConfig;
  /** Claude's own `tool_choice`, for what Converse cannot say. */
  readonly additionalFields: Readonly<Record<string, EncodableJson>>;
}

/** What the conversion of tools needs to know beyond the request. */
export interface ToolContext extends CachePointContext {
  readonly toolNames: ToolNames;
  /** Claude cannot be forced to call a tool while it thinks. */
  readonly isThinking: boolean;
  /** The tool that stands in for structured output, when one does. */
  readonly outputTool?: ConverseTool;
  readonly outputToolName: string;
}

/** Every name of a tool in the request, in its order. */
export function collectToolNames({ tools, messages }: Pick<ChatRequest, 'tools' | 'messages'>): string[] {
  return [...tools.map(({ name }) => name), ...historyNames(messages)];
}

function historyNames(messages: readonly ChatMessage[]): string[] {
  return messages.flatMap((message) =>
    message.role === 'assistant' ? message.toolCalls.map(({ name }) => name) : [],
  );
}

/** Converts the tools and the choice among them. Names stand for tools that only the history knows: Bedrock wants them defined. */
export function convertTools(request: ChatRequest, context: ToolContext): ConvertedTools {
  const history = [...new Set(historyNames(request.messages))];
  if (isWithheld(request, history, context)) return { additionalFields: {} };
  const tools = [
    ...request.tools.flatMap((tool) => convertTool(tool, context)),
    ...(request.tools.length > 0
      ? []
      : history.map((name) => buildSpec(context.toolNames.toUpstream(name), {}))),
    ...(context.outputTool ? [context.outputTool] : []),
  ];
  if (tools.length === 0) return { additionalFields: {} };
  const toolChoice = convertToolChoice(request, context);
  const own = buildOwnChoice(request, toolChoice !== undefined, context);
  return {
    toolConfig: { tools, ...(toolChoice && { toolChoice }) },
    additionalFields: own ? { tool_choice: own } : {},
  };
}

/** "none" for a model that has no such choice: without tools in the history the tools can simply be kept back. */
function isWithheld(
  { toolChoice }: ChatRequest,
  history: readonly string[],
  { capabilities, warnings }: ToolContext,
): boolean {
  if (toolChoice !== 'none' || capabilities.family === 'claude') return false;
  if (history.length > 0)
    warnings.change('tool_choice', 'the model cannot be kept from calling tools that the history used');
  return history.length === 0;
}

const emptySchema = rawJson('{"type":"object","properties":{}}');

function convertTool(tool: ChatTool, context: ToolContext): ConverseTool[] {
  const { description, parameters, strict } = tool;
  if (strict === true && !context.capabilities.strictTools) {
    context.warnings.drop(`${tool.functionPath}.strict`, 'the model does not enforce tool schemas');
  }
  const spec = buildSpec(context.toolNames.toUpstream(tool.name), {
    ...(description !== undefined && { description }),
    ...(parameters && { parameters }),
    ...(strict === true && context.capabilities.strictTools && { strict }),
  });
  return [spec, ...convertCachePoint(tool.cache, tool.path, context)];
}

/** One tool. Without a schema it takes any object. */
export function buildSpec(
  name: string,
  { description, parameters, strict }: { description?: string; parameters?: RawJson; strict?: boolean },
): ConverseTool {
  return {
    toolSpec: {
      name,
      ...(description !== undefined && { description }),
      inputSchema: { json: parameters ?? emptySchema },
      ...(strict !== undefined && { strict }),
    },
  };
}

const choices = {
  auto: { auto: {} },
  any: { any: {} },
} as const satisfies Record<string, ConverseToolChoice>;

function convertToolChoice(
  { toolChoice, tools }: ChatRequest,
  context: ToolContext,
): ConverseToolChoice | undefined {
  if (context.outputTool) return forceOutput(tools.length === 0, context);
  if (toolChoice === undefined || toolChoice === 'none' || tools.length === 0) return undefined;
  if (toolChoice === 'auto')
    return context.capabilities.toolChoice.includes('auto') ? choices.auto : undefined;
  if (context.isThinking && context.capabilities.family === 'claude') {
    context.warnings.change(
      'tool_choice',
      'a thinking model cannot be forced to call a tool; it decides by itself',
    );
    return choices.auto;
  }
  const name = toolChoice === 'required' ? undefined : context.toolNames.toUpstream(toolChoice.name);
  return force(name, tools.length === 1, context);
}

/** The strongest choice that the family takes for "some tool" (no name) or "this tool". */
function force(
  name: string | undefined,
  isOnlyTool: boolean,
  { capabilities, warnings }: ToolContext,
): ConverseToolChoice | undefined {
  const takes = (mode: ToolChoiceMode): boolean => capabilities.toolChoice.includes(mode);
  if (name !== undefined && takes('tool')) return { tool: { name } };
  if ((name === undefined || isOnlyTool) && takes('any')) return choices.any;
  warnings.change('tool_choice', 'the model cannot be forced to call a tool; it decides by itself');
  return takes('auto') ? choices.auto : undefined;
}

function forceOutput(isOnlyTool: boolean, context: ToolContext): ConverseToolChoice | undefined {
  return isOnlyTool ? force(context.outputToolName, true, context) : force(undefined, false, context);
}

/** Converse has no "none" and no switch for parallel calls; Claude takes both in its own words, without `type` beside Converse's. */
function buildOwnChoice(
  request: ChatRequest,
  hasChoice: boolean,
  { capabilities, warnings }: ToolContext,
): EncodableJson | undefined {
  if (request.toolChoice === 'none') return capabilities.family === 'claude' ? { type: 'none' } : undefined;
  if (request.parallelToolCalls !== false || request.tools.length === 0) return undefined;
  if (capabilities.family !== 'claude') {
    warnings.drop('parallel_tool_calls', 'the model has no such switch');
    return undefined;
  }
  return { ...(!hasChoice && { type: 'auto' }), disable_parallel_tool_use: true };
}

/** Whether a family can be made to answer through a tool. */
export function canForceTools(capabilities: ModelCapabilities, isThinking: boolean): boolean {
  const isForced = capabilities.toolChoice.some((mode) => mode !== 'auto');
  return isForced && !(isThinking && capabilities.family === 'claude');
}
