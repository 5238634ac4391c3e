import { errorTypesOf } from '../../error-types.ts';
import { listOf, numberOf, objectOf, stringOf } from '../../schemas/json-fields.ts';
import type { ResponseFailure } from '../../translator.ts';
import { parseUpstreamObject } from '../../upstream-json.ts';
import type { TokenUsage } from '../../usage.ts';
import type { JsonObject, JsonValue } from '../../wire/json-document.ts';
import type { SseEvent } from '../../wire/sse-decoder.ts';
import { mapUsage } from './map-usage.ts';

/** What the events of a stream have said so far, for metering; it never changes them. */
export interface StreamObserver {
  readonly usage: TokenUsage | undefined;
  readonly model: string | undefined;
  readonly failure: ResponseFailure | undefined;
  /** True once the answer is complete, whether or not `[DONE]` follows. */
  readonly isComplete: boolean;
  /** True when the event carries usage and nothing else. */
  observe(event: SseEvent): boolean;
}

/** Most events carry only text; these words tell the others apart without parsing. */
const telling = /"(?:usage|error|response)"|"finish_reason"\s*:\s*"/;
const finalTypes: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
]);

class EventObserver implements StreamObserver {
  usage: TokenUsage | undefined;
  model: string | undefined;
  failure: ResponseFailure | undefined;
  isComplete = false;

  observe({ event, data }: SseEvent): boolean {
    if (data.trim() === '[DONE]') this.isComplete = true;
    const mayBeSkipped = this.model !== undefined && event !== 'error' && !telling.test(data);
    const value = mayBeSkipped ? undefined : parse(data);
    if (!value) return false;
    const answer = objectOf(value['response']) ?? value;
    this.model ??= stringOf(answer['model']);
    this.usage = mapUsage(answer['usage']) ?? this.usage;
    this.failure ??= readFailure(value, event);
    this.isComplete ||= isFinal(value);
    return isUsageOnly(value);
  }
}

function isUsageOnly({ choices, usage }: JsonObject): boolean {
  return objectOf(usage) !== undefined && Array.isArray(choices) && choices.length === 0;
}

/** What cannot be read is the client's to judge. */
function parse(data: string): JsonObject | undefined {
  try {
    return parseUpstreamObject(data).value;
  } catch {
    return undefined;
  }
}

function isFinal(value: JsonObject): boolean {
  const hasFinished = listOf(value['choices']).some(
    (choice) => typeof objectOf(choice)?.['finish_reason'] === 'string',
  );
  return hasFinished || finalTypes.has(stringOf(value['type']) ?? '');
}

/**
 * The failure that an event reports, in any of the forms that servers use: `{error: {…}}`, an event named `error`, or a
 * response that has failed. `code` may be a name or an HTTP status.
 */
export function readFailure(value: JsonObject, event: string | undefined): ResponseFailure | undefined {
  const error = findError(value, event);
  if (!error) return undefined;
  const code = stringOf(error['code']) ?? stringOf(error['type']) ?? 'upstream_error';
  return {
    code,
    message: stringOf(error['message']) ?? '',
    status: statusOf(error['code']) ?? statusOf(error['status']) ?? errorTypesOf(code, 502).status,
  };
}

function findError(value: JsonObject, event: string | undefined): JsonObject | undefined {
  const inner = objectOf(value['error']) ?? objectOf(objectOf(value['response'])?.['error']);
  if (inner) return inner;
  if (event === 'error' || value['type'] === 'error') return value;
  return value['type'] === 'response.failed' ? {} : undefined;
}

function statusOf(value: JsonValue | undefined): number | undefined {
  const status = numberOf(value);
  return status !== undefined && status >= 400 && status < 600 ? status : undefined;
}

/** An observer of one stream. */
export function createStreamObserver(): StreamObserver {
  return new EventObserver();
}
