import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type { ChatRequest, ChatResponseFormat } from '../../../endpoints/chat-completions/chat-request.ts';
import type { ConverseTool, TextBlock } from '../../../schemas/bedrock/converse.ts';
import type { WarningCollector } from '../../../warnings.ts';
import {
  isJsonObject,
  rawJson,
  type EncodableJson,
  type JsonObject,
  type JsonValue,
} from '../../../wire/json-document.ts';
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
  if (capabilities.structuredOutput === 'native') return { outputConfig: buildOutputConfig(responseFormat) };
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

function buildOutputConfig({ name, description, schema = {} }: SchemaFormat): EncodableJson {
  const jsonSchema = {
    schema: JSON.stringify(closeObjects(schema)),
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

/** Structured output wants every object of the schema closed. */
function closeObjects(schema: JsonObject): JsonObject {
  const closed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closeNested(value)]));
  return isObjectSchema(schema) ? { ...closed, additionalProperties: false } : closed;
}

function closeNested(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(closeNested);
  return isJsonObject(value) ? closeObjects(value) : value;
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  const isTyped = type === 'object' || (Array.isArray(type) && type.includes('object'));
  return isTyped || (type === undefined && isJsonObject(properties));
}
