import type { MessageUsage } from '../../schemas/anthropic/usage.ts';
import type { ResponseHead } from '../../translator.ts';

const headerNames = {
  input_tokens: 'x-amzn-bedrock-input-token-count',
  output_tokens: 'x-amzn-bedrock-output-token-count',
} as const;

/** Token counts in the headers of an InvokeModel answer. */
export function parseInvocationHeaders({ headers }: ResponseHead): MessageUsage {
  const counts = Object.entries(headerNames).flatMap(([name, header]) => {
    const text = headers.get(header) ?? '';
    return /^\d+$/.test(text) ? [[name, Number(text)] as const] : [];
  });
  return Object.fromEntries(counts);
}
