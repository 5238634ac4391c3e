import type { ModelCapabilities } from '../../capabilities/index.ts';
import { restrictSchema, warnOfTold } from '../../claude/restrict-schema.ts';
import type { WarningCollector } from '../../warnings.ts';
import type { JsonObject } from '../../wire/json-document.ts';
import type { ChatRequest, ChatResponseFormat } from './chat-request.ts';

type SchemaFormat = Extract<ChatResponseFormat, { type: 'json_schema' }>;

/** How a wanted output format is obtained. */
export type OutputFormatChoice =
  /** The model's own structured output, with a schema that it takes. */
  | { readonly kind: 'native'; readonly format: SchemaFormat; readonly schema: JsonObject }
  /** A tool that the model is made to call, and what it is told of it. */
  | { readonly kind: 'tool'; readonly format: SchemaFormat; readonly description: string }
  /** Words for the system prompt, where there is no other way. */
  | { readonly kind: 'instruction'; readonly text: string };

/** What decides about the format. */
export interface OutputFormatContext {
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  readonly canForceTool: boolean;
}

/** The model's own structured output, or else a forced tool, or else an instruction; undefined when the client wants no format. */
export function chooseOutputFormat(
  { responseFormat, names }: Pick<ChatRequest, 'responseFormat' | 'names'>,
  { capabilities, warnings, canForceTool }: OutputFormatContext,
): OutputFormatChoice | undefined {
  if (!responseFormat) return undefined;
  if (responseFormat.type === 'json_object') {
    warnings.change(
      names.responseFormat,
      'the model has no JSON mode; it is asked for JSON in the system prompt',
    );
    return { kind: 'instruction', text: 'Answer with one JSON object and nothing else.' };
  }
  const { schema = {}, description } = responseFormat;
  if (capabilities.structuredOutput === 'native') {
    const restricted = restrictSchema(schema);
    warnOfTold(restricted, names.responseFormat, warnings);
    return { kind: 'native', format: responseFormat, schema: restricted.schema };
  }
  if (capabilities.structuredOutput === 'synthetic' && canForceTool) {
    const purpose = 'Gives the answer to the user. Always call it.';
    const told = description === undefined ? purpose : `${purpose} ${description}`;
    return { kind: 'tool', format: responseFormat, description: told };
  }
  warnings.change(
    names.responseFormat,
    'the model cannot be held to a schema; it is given in the system prompt',
  );
  const text = `Answer with one JSON value that follows this JSON schema, and nothing else:\n${JSON.stringify(schema)}`;
  return { kind: 'instruction', text };
}

/** The tool through which models without structured output are made to answer. */
export const outputToolName = 'json_tool_call';
