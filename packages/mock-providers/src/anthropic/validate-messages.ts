import { elementsOf, isJsonObject, objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ModelTraits } from '../model-ids.ts';
import { findContentProblem } from './validate-content.ts';
import { findThinkingProblem } from './validate-thinking.ts';
import { findToolProblem } from './validate-tools.ts';
import { findToolTurnProblem } from './validate-tool-turns.ts';

const maxCacheMarks = 4;

/** Finds what Claude refuses in the body of a Messages request, wherever it was sent: the text of the 400. */
export function validateMessages(body: JsonObject, traits: ModelTraits): string | undefined {
  const messages = elementsOf(body['messages']);
  return (
    findMissingField(body) ??
    findSamplingProblem(body) ??
    findMessageProblem(messages) ??
    findContentProblem(body, messages.map(objectOf)) ??
    findToolProblem(body) ??
    findToolTurnProblem(messages.map(objectOf)) ??
    findCacheProblem(body, traits) ??
    findThinkingProblem(body, messages.map(objectOf), traits)
  );
}

/** Every `cache_control` in tools, system and messages. */
export function cacheMarksOf(body: JsonObject): JsonObject[] {
  const messages = elementsOf(body['messages']).map(objectOf);
  const blocks = [
    ...elementsOf(body['tools']),
    ...elementsOf(body['system']),
    ...messages
      .flatMap(({ content }) => elementsOf(content))
      .flatMap((block) => [block, ...elementsOf(objectOf(block)['content'])]),
  ];
  return blocks.flatMap((block) => {
    const mark = objectOf(block)['cache_control'];
    return isJsonObject(mark) ? [mark] : [];
  });
}

function findMissingField(body: JsonObject): string | undefined {
  if (body['max_tokens'] === undefined) return 'max_tokens: Field required';
  if (!Number.isInteger(body['max_tokens'])) return 'max_tokens: Input should be a valid integer';
  if (Number(body['max_tokens']) < 1) return 'max_tokens: must be greater than or equal to 1';
  if (body['messages'] === undefined) return 'messages: Field required';
  if (!Array.isArray(body['messages'])) return 'messages: Input should be a valid list';
  return body['messages'].length === 0 ? 'messages: at least one message is required' : undefined;
}

function findSamplingProblem(body: JsonObject): string | undefined {
  for (const name of ['temperature', 'top_p']) {
    const value = body[name];
    if (value === undefined) continue;
    if (typeof value !== 'number') return `${name}: Input should be a valid number`;
    if (value < 0 || value > 1) return `${name}: range: 0..1`;
  }
  const topK = body['top_k'];
  if (topK !== undefined && (!Number.isInteger(topK) || Number(topK) < 0)) {
    return 'top_k: Input should be a valid integer';
  }
  const isBlank = (sequence: unknown): boolean => typeof sequence !== 'string' || sequence.trim() === '';
  if (elementsOf(body['stop_sequences']).some(isBlank)) {
    return 'stop_sequences: each stop sequence must contain non-whitespace';
  }
  return undefined;
}

function findMessageProblem(messages: readonly unknown[]): string | undefined {
  for (const [at, message] of messages.entries()) {
    if (!isJsonObject(message)) return `messages.${at}: Input should be a valid dictionary`;
    if (message['role'] === 'system') {
      return 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.';
    }
    if (message['role'] !== 'user' && message['role'] !== 'assistant') {
      return `messages.${at}.role: Input should be 'user' or 'assistant'`;
    }
    const extra = Object.keys(message).find((key) => key !== 'role' && key !== 'content');
    if (extra !== undefined) return `messages.${at}.${extra}: Extra inputs are not permitted`;
  }
  const isUserFirst = objectOf(messages[0])['role'] === 'user';
  return isUserFirst ? undefined : 'messages: first message must use the "user" role';
}

function findCacheProblem(body: JsonObject, { canCacheForHour }: ModelTraits): string | undefined {
  const marks = cacheMarksOf(body);
  if (marks.some(({ type }) => type !== 'ephemeral')) {
    return "cache_control: Input tag found using 'type' does not match any of the expected tags: 'ephemeral'";
  }
  if (marks.some(({ ttl }) => ttl !== undefined && ttl !== '5m' && ttl !== '1h')) {
    return "cache_control.ephemeral.ttl: Input should be '5m' or '1h'";
  }
  if (marks.some(({ ttl }) => ttl === '1h') && !canCacheForHour) {
    return 'cache_control.ephemeral.ttl: this model does not support a ttl of 1h';
  }
  return marks.length > maxCacheMarks
    ? `A maximum of ${maxCacheMarks} blocks with cache_control may be provided. Found ${marks.length}.`
    : undefined;
}
