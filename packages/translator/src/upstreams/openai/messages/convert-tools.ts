import { invalidField } from '../../../endpoints/json-fields.ts';
import type {
  ClientMessagesRequest,
  ClientTool,
  ClientToolChoice,
} from '../../../endpoints/messages/messages-request.ts';
import type {
  ChatCompletionRequest,
  ChatToolChoiceParam,
  ChatToolParam,
} from '../../../schemas/openai/chat-completion-request.ts';
import type { ConversionContext } from './conversion-context.ts';
import { warnOfCacheControl } from './convert-content.ts';
import { isStrictSchema } from './strict-schema.ts';

/** The members of a request that are about tools; none when no tool is left. */
export function convertTools(
  request: ClientMessagesRequest,
  context: ConversionContext,
): Pick<ChatCompletionRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'> {
  const { tools, serverTools, toolChoice, disableParallelToolUse } = request;
  for (const { path, type } of serverTools) {
    context.warnings.drop(path, `only Anthropic has the tool ${type}`);
  }
  checkChoice(request);
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool) => convertTool(tool, context)),
    ...(toolChoice && { tool_choice: convertChoice(toolChoice, context) }),
    ...(disableParallelToolUse && { parallel_tool_calls: false }),
  };
}

/** A tool that must be called has to be there. */
function checkChoice({ tools, toolChoice }: ClientMessagesRequest): void {
  if (toolChoice === undefined || toolChoice === 'auto' || toolChoice === 'none') return;
  if (typeof toolChoice === 'string') {
    if (tools.length === 0) throw invalidField('tool_choice', 'asks for a tool, and there is none to call');
    return;
  }
  const { name } = toolChoice;
  if (tools.some((tool) => tool.name === name)) return;
  throw invalidField(
    'tool_choice',
    `names the tool ${JSON.stringify(name)}, which is not among those that the backend can call`,
  );
}

function convertTool(tool: ClientTool, { warnings, toolNames }: ConversionContext): ChatToolParam {
  const { path, name, description, inputSchema, strict, schema } = tool;
  warnOfCacheControl(tool, warnings);
  const isStrict = strict === true && isStrictSchema(schema);
  if (strict === true && !isStrict) {
    warnings.drop(`${path}.strict`, 'the backend is strict only about schemas that require every property');
  }
  return {
    type: 'function',
    function: {
      name: toolNames.toUpstream(name),
      ...(description !== undefined && { description }),
      parameters: inputSchema,
      ...(isStrict && { strict: true }),
    },
  };
}

function convertChoice(choice: ClientToolChoice, { toolNames }: ConversionContext): ChatToolChoiceParam {
  if (typeof choice === 'object')
    return { type: 'function', function: { name: toolNames.toUpstream(choice.name) } };
  return choice === 'any' ? 'required' : choice;
}

/** All names of tools in a request, its history included. */
export function collectToolNames({ tools, messages }: ClientMessagesRequest): string[] {
  const called = messages.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'tool_use' ? [block.name] : [])),
  );
  return [...tools.map(({ name }) => name), ...called];
}
