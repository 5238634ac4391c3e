import type { ReasoningBlock } from '../answer-event.ts';
import { decodeBase64, encodeBase64 } from '../../wire/base64.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../wire/json-document.ts';

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Says whose content it is; clients may hold that of other providers too. */
const mark = 'aigw.reasoning.1';

/**
 * The `encrypted_content` of a reasoning item: everything that the provider needs to get its block back, signature included.
 * It is not secret (clients see the text anyway), and what it says is for the provider to verify. Undefined for unsigned reasoning.
 */
export function encodeReasoning(block: ReasoningBlock): string | undefined {
  if (block.kind === 'thinking' && block.signature === undefined) return undefined;
  return encodeBase64(utf8.encode(JSON.stringify({ mark, ...block })));
}

/** The block in an `encrypted_content` of ours; undefined for anybody else's. */
export function decodeReasoning(content: string): ReasoningBlock | undefined {
  const value = parse(content);
  if (value?.['mark'] !== mark) return undefined;
  const { kind, text, signature, data } = value;
  if (kind === 'redacted_thinking' && typeof data === 'string') return { kind, data };
  if (kind !== 'thinking' || typeof text !== 'string' || typeof signature !== 'string') return undefined;
  return { kind, text, signature };
}

function parse(content: string): JsonObject | undefined {
  try {
    const bytes = decodeBase64(content);
    const value = bytes && (JSON.parse(strictUtf8.decode(bytes)) as JsonValue);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
