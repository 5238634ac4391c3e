import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import {
  chooseOutputFormat,
  outputToolName,
} from '../../../endpoints/chat-completions/choose-output-format.ts';
import type { ConverseTool, TextBlock } from '../../../schemas/bedrock/converse.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { rawJson, type EncodableJson } from '../../../wire/json-document.ts';
import { buildSpec, canForceTools } from './convert-tools.ts';

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

/** The model's own structured output, or else a forced tool, or else an instruction. */
export function convertResponseFormat(
  request: ChatRequest,
  { capabilities, warnings, isThinking }: FormatContext,
): ConvertedFormat {
  const canForceTool = canForceTools(capabilities, isThinking);
  const choice = chooseOutputFormat(request, { capabilities, warnings, canForceTool });
  switch (choice?.kind) {
    case undefined:
      return {};
    case 'native': {
      const { name, description } = choice.format;
      const schema = JSON.stringify(choice.schema);
      const jsonSchema = { schema, name, ...(description !== undefined && { description }) };
      return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
    }
    case 'tool': {
      const { description, format } = choice;
      const parameters = format.schema && rawJson(JSON.stringify(format.schema));
      return { outputTool: buildSpec(outputToolName, { description, ...(parameters && { parameters }) }) };
    }
    case 'instruction':
      return { system: { text: choice.text } };
  }
}
