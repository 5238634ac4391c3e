import type { ModelCapabilities } from '../../../capabilities/index.ts';
import type { ChatRequest } from '../../../endpoints/chat-completions/chat-request.ts';
import {
  chooseOutputFormat,
  outputToolName,
} from '../../../endpoints/chat-completions/choose-output-format.ts';
import type { TextBlockParam, ToolParam } from '../../../schemas/anthropic/message-request.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { rawJson, type EncodableJson } from '../../../wire/json-document.ts';
import { anyObjectSchema } from './convert-tools.ts';

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
  request: ChatRequest,
  { capabilities, warnings, isThinking }: FormatContext,
): ConvertedFormat {
  const canForceTool = capabilities.toolChoice.includes('tool') && !isThinking;
  const choice = chooseOutputFormat(request, { capabilities, warnings, canForceTool });
  switch (choice?.kind) {
    case undefined:
      return {};
    case 'native':
      return { format: { type: 'json_schema', schema: choice.schema } };
    case 'tool': {
      const { schema } = choice.format;
      const input_schema = schema ? rawJson(JSON.stringify(schema)) : anyObjectSchema;
      return { outputTool: { name: outputToolName, description: choice.description, input_schema } };
    }
    case 'instruction':
      return { system: { type: 'text', text: choice.text } };
  }
}
