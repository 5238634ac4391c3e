import { errorTypesOf, isExceptionName, normalizeErrorName } from '../error-types.ts';
import type { ResponseFailure } from '../translator.ts';
import type { EventStreamMessage } from '../wire/event-stream-decoder.ts';
import { parseUpstreamObject } from '../upstream-json.ts';

/** What one frame of a Bedrock stream means. */
export type BedrockFrame =
  | { readonly kind: 'event'; readonly type: string; readonly payload: Uint8Array }
  | { readonly kind: 'failure'; readonly failure: ResponseFailure };

const utf8 = new TextDecoder();

/**
 * Tells events from exceptions. Modelled exceptions come as `exception` frames, unmodelled ones as `error` frames,
 * and some stacks put the exception's name where the event's type belongs.
 */
export function readBedrockFrame({ headers, payload }: EventStreamMessage): BedrockFrame {
  const type = headers.get(':event-type') ?? '';
  const messageType = headers.get(':message-type');
  const name = headers.get(':exception-type') ?? headers.get(':error-code');
  const isFailure = name !== undefined || messageType === 'exception' || messageType === 'error';
  if (!isFailure && !isExceptionName(type)) return { kind: 'event', type, payload };
  const code = normalizeErrorName(name ?? type) || 'upstream_error';
  const message = headers.get(':error-message') ?? readMessage(payload);
  return {
    kind: 'failure',
    failure: {
      code,
      message: message ?? `The provider ended the stream with ${code}`,
      status: errorTypesOf(code, 502).status,
    },
  };
}

function readMessage(payload: Uint8Array): string | undefined {
  try {
    const { value } = parseUpstreamObject(payload);
    const message = value['message'] ?? value['Message'] ?? value['originalMessage'];
    return typeof message === 'string' ? message : undefined;
  } catch {
    return utf8.decode(payload) || undefined;
  }
}
