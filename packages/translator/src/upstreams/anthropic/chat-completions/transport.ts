import type { MessageEventSource } from '../../../schemas/anthropic/message-event.ts';
import type { UpstreamRequest } from '../../../translator.ts';
import type { BuiltMessagesRequest, MessagesRequestInput } from './build-request.ts';

/** A way on which a Messages request reaches Claude: who hosts it decides the path, the framing and a few fields. */
export interface MessagesTransport {
  /** True when the provider fetches images and documents by URL. */
  readonly fetchesUrls: boolean;
  /** The request on the wire. */
  readonly send: (
    built: BuiltMessagesRequest,
    input: MessagesRequestInput,
  ) => Omit<UpstreamRequest, 'warnings' | 'model'>;
  /** The media type of its streams. */
  readonly streamType: string;
  /** The events of a stream of that type. */
  readonly createEventSource: () => MessageEventSource;
}
