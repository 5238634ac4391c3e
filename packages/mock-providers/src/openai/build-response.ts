import { randomUUID } from 'node:crypto';
import type { Answer, AnswerBlock, TokenUsage } from '../brain/conversation.ts';
import { elementsOf, objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { sealReasoning } from './encrypted-reasoning.ts';

/** An item of a response, with the text that a stream of it sends in pieces. */
export interface ResponseItem {
  readonly fields: JsonObject & { readonly id: string; readonly type: string };
  readonly text: string;
}

/** What is the same in all events of one response. */
export interface ResponseIdentity {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  /** The request's body. */
  readonly body: JsonObject;
}

const createId = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

/** A new response to a request. */
export function identifyResponse(body: JsonObject, nowMs: number): ResponseIdentity {
  return { id: createId('resp'), created: Math.floor(nowMs / 1000), body };
}

/** The items of an answer, complete. */
export function buildItems({ blocks, stop }: Answer, body: JsonObject): ResponseItem[] {
  const last = blocks.length - 1;
  return blocks.map((block, index) => {
    const isCut = stop.reason === 'max-tokens' && index === last;
    return buildItem(block, isCut ? 'incomplete' : 'completed', body);
  });
}

function buildItem(block: AnswerBlock, status: string, body: JsonObject): ResponseItem {
  switch (block.kind) {
    case 'thinking':
      return buildReasoning(block, body);
    case 'redacted-thinking':
      return { fields: { id: createId('rs'), type: 'reasoning', summary: [] }, text: '' };
    case 'text': {
      const content = [{ type: 'output_text', text: block.text, annotations: [], logprobs: [] }];
      const fields = { id: createId('msg'), type: 'message', status, role: 'assistant', content };
      return { fields, text: block.text };
    }
    case 'tool-use': {
      const text = JSON.stringify(block.input);
      const call = { call_id: block.id, name: block.name, arguments: text };
      return { fields: { id: createId('fc'), type: 'function_call', status, ...call }, text };
    }
  }
}

function buildReasoning(
  { text, signature }: Extract<AnswerBlock, { kind: 'thinking' }>,
  body: JsonObject,
): ResponseItem {
  const hasSummary = typeof objectOf(body['reasoning'])['summary'] === 'string';
  const isSealed = elementsOf(body['include']).includes('reasoning.encrypted_content');
  const fields = {
    id: createId('rs'),
    type: 'reasoning',
    summary: hasSummary ? [{ type: 'summary_text', text }] : [],
    ...(isSealed ? { encrypted_content: sealReasoning(text, signature) } : {}),
  };
  return { fields, text: hasSummary ? text : '' };
}

function buildUsage(usage: TokenUsage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.thinkingTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

/** The response while it is being made. */
export function buildPendingResponse({ id, created, body }: ResponseIdentity): JsonObject {
  const { text, reasoning, max_output_tokens: most } = body;
  return {
    id,
    object: 'response',
    created_at: created,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    max_output_tokens: most ?? null,
    model: body['model'],
    output: [],
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...objectOf(reasoning) },
    service_tier: 'default',
    store: body['store'] ?? true,
    temperature: body['temperature'] ?? 1,
    text: { format: { type: 'text' }, ...objectOf(text) },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: elementsOf(body['tools']),
    top_p: body['top_p'] ?? 1,
    truncation: 'disabled',
    usage: null,
    user: null,
    metadata: objectOf(body['metadata']),
  };
}

/** The response at its end. */
export function buildResponse(
  { stop, usage }: Answer,
  items: readonly ResponseItem[],
  identity: ResponseIdentity,
): JsonObject {
  const isCut = stop.reason === 'max-tokens';
  return {
    ...buildPendingResponse(identity),
    status: isCut ? 'incomplete' : 'completed',
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    output: items.map(({ fields }) => fields),
    usage: buildUsage(usage),
  };
}
