import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type {
  ChatRequest,
  ChatTool,
  ChatToolChoice,
} from '../../../endpoints/chat-completions/chat-request.ts';
import { invalidField } from '../../../endpoints/json-fields.ts';
import type { ClientMessagesRequest, ClientTool } from '../../../endpoints/messages/messages-request.ts';
import { listOf, objectOf } from '../../../schemas/json-fields.ts';
import type { WarningCollector } from '../../../warnings.ts';
import type { JsonObject } from '../../../wire/json-document.ts';

interface ToolContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  /** The client's request, for what only Anthropic knows in it. */
  readonly root: JsonObject;
}

type Tooling = Pick<ChatRequest, 'messages' | 'tools' | 'toolChoice' | 'parallelToolCalls'>;

/**
 * Tools, the choice among them, and those that the history used, as Converse's tools are built from.
 * @throws TranslationError `invalid_request` for a choice that is not among the tools.
 */
export function convertTooling(request: ClientMessagesRequest, context: ToolContext): Tooling {
  const { warnings } = context;
  for (const { path, type } of request.serverTools)
    warnings.drop(path, `${type} is a tool of Anthropic, which Converse does not have`);
  warnOfToolFields(context);
  const toolChoice = convertChoice(request, warnings);
  return {
    messages: collectCalls(request),
    tools: request.tools.map(convertTool),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(forbidsParallelCalls(request, context) && { parallelToolCalls: false }),
  };
}

function convertTool({ path, name, description, inputSchema, strict, cache }: ClientTool): ChatTool {
  return {
    path,
    functionPath: path,
    name,
    parameters: inputSchema,
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
    ...(cache && { cache }),
  };
}

const toolFields: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
]);

function warnOfToolFields({ root, warnings }: ToolContext): void {
  for (const [index, element] of listOf(root['tools']).entries()) {
    const tool = objectOf(element) ?? {};
    if ((tool['type'] ?? 'custom') !== 'custom') continue;
    for (const key of Object.keys(tool)) {
      if (!toolFields.has(key))
        warnings.drop(`tools[${index}].${key}`, 'tools of Converse have no such field');
    }
  }
}

function convertChoice(
  { toolChoice, tools, serverTools }: ClientMessagesRequest,
  warnings: WarningCollector,
): ChatToolChoice | undefined {
  if (toolChoice === undefined || toolChoice === 'auto' || toolChoice === 'none') return toolChoice;
  if (toolChoice === 'any') return 'required';
  if (tools.some(({ name }) => name === toolChoice.name)) return toolChoice;
  if (serverTools.length === 0)
    throw invalidField(
      'tool_choice.name',
      `is ${JSON.stringify(toolChoice.name)}, which is not among the tools`,
    );
  warnings.change('tool_choice', 'names a tool that was left out; the model decides by itself');
  return undefined;
}

function forbidsParallelCalls(
  { disableParallelToolUse, tools }: ClientMessagesRequest,
  { capabilities, warnings }: ToolContext,
): boolean {
  if (!disableParallelToolUse || tools.length === 0) return false;
  if (capabilities.family === 'claude') return true;
  warnings.drop('tool_choice.disable_parallel_tool_use', 'the model has no such switch');
  return false;
}

function collectCalls({ messages }: ClientMessagesRequest): Tooling['messages'] {
  return messages.map(({ path, blocks }) => ({
    role: 'assistant',
    path,
    parts: [],
    toolCalls: blocks.filter((block) => block.kind === 'tool_use'),
  }));
}
