import {
  convertUsage as convertTokenUsage,
  type ClientMessageUsage,
} from '../../../endpoints/messages/convert-usage.ts';
import type { TokenUsage } from '../../../usage.ts';

/** Usage of a message; what Bedrock does not mention of its cache did not happen. */
export function convertUsage(usage: TokenUsage | undefined): ClientMessageUsage {
  const { input_tokens, output_tokens, ...details } = convertTokenUsage(usage ?? {});
  return {
    input_tokens,
    output_tokens,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    ...details,
  };
}
