import type { ChatMessage, ChatRequest, ChatTool } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ToolChoiceParam, ToolParam } from '../../../schemas/anthropic/message-request.ts';
import { rawJson } from '../../../wire/json-document.ts';
import { convertCacheControl, type ConversionContext } from './conversion-context.ts';

/** What becomes of a request's tools. */
export interface ConvertedTools {
  readonly tools?: readonly ToolParam[];
  readonly tool_choice?: ToolChoiceParam;
}

/** What the conversion of tools needs to know beyond the request. */
export interface ToolContext extends ConversionContext {
  /** Claude cannot be forced to call a tool while it thinks. */
  readonly isThinking: boolean;
  /** The tool that stands in for structured output, when one does. */
  readonly outputTool?: ToolParam;
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

/** A schema for tools whose own is not known. */
export const anyObjectSchema = rawJson('{"type":"object","properties":{}}');

/** Converts the tools and the choice among them. Tools that only the history knows are defined by name: Claude wants them defined. */
export function convertTools(request: ChatRequest, context: ToolContext): ConvertedTools {
  const { outputTool, toolNames } = context;
  const history = request.tools.length > 0 ? [] : [...new Set(historyNames(request.messages))];
  const tools = [
    ...request.tools.map((tool) => convertTool(tool, context)),
    ...history.map((name) => ({ name: toolNames.toUpstream(name), input_schema: anyObjectSchema })),
    ...(outputTool ? [outputTool] : []),
  ];
  if (tools.length === 0) return {};
  const choice = convertToolChoice(request, context);
  return { tools, ...(choice && { tool_choice: choice }) };
}

function convertTool(tool: ChatTool, context: ToolContext): ToolParam {
  const { name, description, parameters, strict, path, functionPath, cache } = tool;
  const isStrict = strict === true && context.capabilities.strictTools;
  if (strict === true && !isStrict) {
    context.warnings.drop(`${functionPath}.strict`, 'the model does not enforce tool schemas');
  }
  return {
    name: context.toolNames.toUpstream(name),
    ...(description !== undefined && { description }),
    input_schema: parameters ?? anyObjectSchema,
    ...(isStrict && { strict }),
    ...convertCacheControl(cache, path, context),
  };
}

function convertToolChoice(request: ChatRequest, context: ToolContext): ToolChoiceParam | undefined {
  const { parallelToolCalls, tools } = request;
  const choice = chooseTool(request, context);
  if (parallelToolCalls === undefined || tools.length === 0 || choice?.type === 'none') return choice;
  return { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: !parallelToolCalls };
}

function chooseTool({ toolChoice, tools }: ChatRequest, context: ToolContext): ToolChoiceParam | undefined {
  const { outputTool, toolNames } = context;
  if (outputTool) return tools.length > 0 ? { type: 'any' } : { type: 'tool', name: outputTool.name };
  if (toolChoice === undefined || toolChoice === 'auto' || toolChoice === 'none') {
    return toolChoice && { type: toolChoice };
  }
  if (context.isThinking) {
    context.warnings.change(
      'tool_choice',
      'a thinking model cannot be forced to call a tool; it decides by itself',
    );
    return { type: 'auto' };
  }
  return toolChoice === 'required'
    ? { type: 'any' }
    : { type: 'tool', name: toolNames.toUpstream(toolChoice.name) };
}
