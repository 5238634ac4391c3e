import { objectOf, stringOf } from '../../schemas/json-fields.ts';
import {
  parseInvocationMetrics,
  parseMessageUsage,
  type MessageUsage,
} from '../../schemas/anthropic/usage.ts';
import type { MessageEvent } from '../../schemas/anthropic/message-event.ts';
import type { TranslatedChunk } from '../../translator.ts';
import { fillUsage, mapUsage } from './map-usage.ts';

/** The member that Bedrock adds to the last event of a stream. */
export const invocationMetricsKey = 'amazon-bedrock-invocationMetrics';

/** What the events of a message have said so far, for metering; it never changes them. */
export interface StreamObserver {
  observe(event: MessageEvent): void;
  /** True once the message is complete. */
  readonly isFinished: boolean;
  readonly usage: MessageUsage;
  /** The model's own name, once it has said it. */
  readonly model: string | undefined;
  /** Usage and model, when they have changed since the last call. */
  takeChanges(): Pick<TranslatedChunk, 'usage' | 'responseModel'>;
}

class EventObserver implements StreamObserver {
  isFinished = false;
  usage: MessageUsage = {};
  model: string | undefined;
  #isUsageNew = false;
  #isModelNew = false;

  observe(event: MessageEvent): void {
    const { type, value } = event;
    if (type === 'message_start') this.#observeStart(event);
    else if (type === 'message_delta') this.#merge(parseMessageUsage(value['usage']));
    else if (type === 'message_stop') this.#observeStop(event);
  }

  takeChanges(): Pick<TranslatedChunk, 'usage' | 'responseModel'> {
    const changes = {
      ...(this.#isUsageNew && { usage: mapUsage(this.usage) }),
      ...(this.#isModelNew && this.model !== undefined && { responseModel: this.model }),
    };
    this.#isUsageNew = false;
    this.#isModelNew = false;
    return changes;
  }

  #observeStart({ value }: MessageEvent): void {
    const message = objectOf(value['message']) ?? {};
    this.model = stringOf(message['model']);
    this.#isModelNew = this.model !== undefined;
    this.#merge(parseMessageUsage(message['usage']));
  }

  /** Some regions give the cache's counts only here, or only among Bedrock's metrics. */
  #observeStop({ value }: MessageEvent): void {
    this.isFinished = true;
    this.#merge(parseMessageUsage(value['usage']));
    this.#merge(fillUsage(this.usage, parseInvocationMetrics(value[invocationMetricsKey])));
  }

  /** Counts are cumulative: the last word on each stands, and they are never added up. */
  #merge(next: MessageUsage): void {
    if (Object.keys(next).length === 0) return;
    this.usage = { ...this.usage, ...next };
    this.#isUsageNew = true;
  }
}

/** An observer of one message. */
export function createStreamObserver(): StreamObserver {
  return new EventObserver();
}
