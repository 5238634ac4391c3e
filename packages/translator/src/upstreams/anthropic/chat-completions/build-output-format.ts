import type { ModelCapabilities } from '../../../capabilities/index.ts';
import { restrictSchema, warnOfTold } from '../../../claude/restrict-schema.ts';
import type { ChatRequest, ChatResponseFormat } from '../../../endpoints/chat-completions/chat-request.ts';
import type { TextBlockParam, ToolParam } from '../../../schemas/anthropic/message-request.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { rawJson, type EncodableJson } from '../../../wire/json-document.ts';
import { anyObjectSchema } from './convert-tools.ts';

/** The tool through which models without structured output are made to answer. */
export const outputToolName = 'json_tool_call';

/** How a wanted output format is obtained. */
export interface ConvertedFormat {
  /** For `output_config`. */
  readonly format?: EncodableJson;
  readonly outputTool?: ToolParam;
  /** An instruction, where there is no other way. */
  readonly system?: TextBlockParam;
}

interface FormatContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  readonly isThinking: boolean;
}

/** The model's own structured output, or else a forced tool, or else an instruction. */
export function convertResponseFormat(
  { responseFormat, names }: ChatRequest,
  context: FormatContext,
): ConvertedFormat {
  if (!responseFormat) return {};
  const { capabilities, warnings, isThinking } = context;
  if (responseFormat.type === 'json_object') {
    warnings.change(
      names.responseFormat,
      'the model has no JSON mode; it is asked for JSON in the system prompt',
    );
    return { system: { type: 'text', text: 'Answer with one JSON object and nothing else.' } };
  }
  const { schema = {} } = responseFormat;
  if (capabilities.structuredOutput === 'native') {
    const restricted = restrictSchema(schema);
    warnOfTold(restricted, names.responseFormat, warnings);
    return { format: { type: 'json_schema', schema: restricted.schema } };
  }
  if (capabilities.toolChoice.includes('tool') && !isThinking)
    return { outputTool: buildOutputTool(responseFormat) };
  warnings.change(
    names.responseFormat,
    'the model cannot be held to a schema; it is given in the system prompt',
  );
  const text = `Answer with one JSON value that follows this JSON schema, and nothing else:\n${JSON.stringify(schema)}`;
  return { system: { type: 'text', text } };
}

function buildOutputTool({
  description,
  schema,
}: Extract<ChatResponseFormat, { type: 'json_schema' }>): ToolParam {
  const purpose = 'Gives the answer to the user. Always call it.';
  return {
    name: outputToolName,
    description: description === undefined ? purpose : `${purpose} ${description}`,
    input_schema: schema ? rawJson(JSON.stringify(schema)) : anyObjectSchema,
  };
}
