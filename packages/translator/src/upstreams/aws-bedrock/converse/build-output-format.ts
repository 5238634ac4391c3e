import type { ModelCapabilities } from '../../../capabilities/index.ts';
import { restrictSchema, warnOfTold } from '../../../claude/restrict-schema.ts';
import type { ChatRequest, ChatResponseFormat } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ConverseTool, TextBlock } from '../../../schemas/bedrock/converse.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { rawJson, type EncodableJson, type JsonObject } from '../../../wire/json-document.ts';
import { buildSpec, canForceTools } from './convert-tools.ts';

/** The tool through which models without structured output are made to answer. */
export const outputToolName = 'json_tool_call';

/** How a wanted output format is obtained. */
export interface ConvertedFormat {
  readonly outputConfig?: EncodableJson;
  readonly outputTool?: ConverseTool;
  /** An instruction, where there is no other way. */
  readonly system?: TextBlock;
}

interface FormatContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  readonly isThinking: boolean;
}

type SchemaFormat = Extract<ChatResponseFormat, { type: 'json_schema' }>;

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
    return { system: { text: 'Answer with one JSON object and nothing else.' } };
  }
  if (capabilities.structuredOutput === 'native') {
    const restricted = restrictSchema(responseFormat.schema ?? {});
    warnOfTold(restricted, names.responseFormat, warnings);
    return { outputConfig: buildOutputConfig(responseFormat, restricted.schema) };
  }
  if (capabilities.structuredOutput === 'synthetic' && canForceTools(capabilities, isThinking)) {
    return { outputTool: buildOutputTool(responseFormat) };
  }
  warnings.change(
    names.responseFormat,
    'the model cannot be held to a schema; it is given in the system prompt',
  );
  const schema = JSON.stringify(responseFormat.schema ?? {});
  return {
    system: {
      text: `Answer with one JSON value that follows this JSON schema, and nothing else:\n${schema}`,
    },
  };
}

function buildOutputConfig({ name, description }: SchemaFormat, schema: JsonObject): EncodableJson {
  const jsonSchema = {
    schema: JSON.stringify(schema),
    name,
    ...(description !== undefined && { description }),
  };
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
}

function buildOutputTool({ description, schema }: SchemaFormat): ConverseTool {
  const purpose = 'Gives the answer to the user. Always call it.';
  return buildSpec(outputToolName, {
    description: description === undefined ? purpose : `${purpose} ${description}`,
    ...(schema && { parameters: rawJson(JSON.stringify(schema)) }),
  });
}
