import { listOf, objectOf, stringOf } from '../../schemas/json-fields.ts';
import type { JsonObject, JsonValue } from '../../wire/json-document.ts';
import { estimateTextTokens } from './estimate-text.ts';

/** What the models of this API's servers charge at most for an image, as far as they charge by its size. */
const imageTokens = 4000;
/** A dense page of a PDF is some thousand tokens, and some ten thousand bytes. */
const documentBytesPerToken = 8;
/** What stands between messages, tools and blocks that a client does not see. */
const overhead = { request: 16, message: 8, block: 4, tool: 16, tools: 400 } as const;

/**
 * Tokens that a Messages request has as input: more rather than fewer than a tokenizer would say, with system prompt, tools,
 * images and documents. Unknown content counts with its JSON.
 */
export function estimateInputTokens(request: JsonObject): number {
  const tools = listOf(request['tools']);
  return (
    overhead.request +
    estimateContent(request['system']) +
    sum(
      listOf(request['messages']),
      (message) => overhead.message + estimateContent(objectOf(message)?.['content']),
    ) +
    (tools.length > 0 ? overhead.tools : 0) +
    sum(tools, (tool) => overhead.tool + estimateJson(tool))
  );
}

function sum(values: readonly JsonValue[], estimate: (value: JsonValue) => number): number {
  return values.reduce<number>((total, value) => total + estimate(value), 0);
}

function estimateContent(content: JsonValue | undefined): number {
  if (typeof content === 'string') return estimateTextTokens(content);
  return sum(listOf(content), (block) => overhead.block + estimateBlock(objectOf(block) ?? {}));
}

function estimateBlock(block: JsonObject): number {
  switch (block['type']) {
    case 'text':
      return estimateText(block['text']);
    case 'image':
      return imageTokens;
    case 'document':
      return (
        estimateText(block['title']) +
        estimateText(block['context']) +
        estimateSource(objectOf(block['source']))
      );
    case 'tool_result':
      return overhead.message + estimateContent(block['content']);
    case 'thinking':
      return estimateText(block['thinking']);
    case 'redacted_thinking':
      return estimateBytes(stringOf(block['data']) ?? '');
    default:
      return estimateJson(block);
  }
}

function estimateText(text: JsonValue | undefined): number {
  return estimateTextTokens(stringOf(text) ?? '');
}

/** The pages of a document are read as text and looked at as images. */
function estimateSource(source: JsonObject | undefined): number {
  const data = stringOf(source?.['data']) ?? '';
  switch (source?.['type']) {
    case 'text':
      return estimateTextTokens(data);
    case 'content':
      return estimateContent(source['content']);
    default:
      return imageTokens + estimateBytes(data);
  }
}

function estimateBytes(base64: string): number {
  return Math.ceil((base64.length * 3) / 4 / documentBytesPerToken);
}

function estimateJson(value: JsonValue): number {
  return estimateTextTokens(JSON.stringify(value));
}
