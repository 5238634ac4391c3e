import { jsonReply } from '../reply.ts';
import type { Reply, ReplyHeaders, StreamReply, UnaryReply } from '../reply.ts';
import { maxMs } from './mock-faults.ts';
import type { MockFault, MockFaultName } from './mock-faults.ts';
import type { FailureName, ProviderErrors } from './provider-errors.ts';

/** How an answer goes to the socket. */
export interface Delivery {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly chunks: readonly Buffer[];
  /** With a content-length rather than in transfer chunks. */
  readonly isSized: boolean;
  /** Waited before the status line. */
  readonly delayMs: number;
  /** Waited between chunks. */
  readonly intervalMs: number;
  readonly end: 'clean' | 'reset';
}

const defaultDelayMs = 1000;
const defaultIntervalMs = 50;
/** Frames that pass before a fault strikes in the middle of a stream. */
const defaultAfter = 2;

/** An answer without faults. */
export function planDelivery(reply: Reply, intervalMs = 0): Delivery {
  const isUnary = reply.kind === 'unary';
  return {
    status: isUnary ? reply.status : 200,
    headers: reply.headers,
    chunks: isUnary ? [reply.body] : reply.frames,
    isSized: isUnary,
    delayMs: 0,
    intervalMs: isUnary ? 0 : intervalMs,
    end: 'clean',
  };
}

/** The same answer with a fault played into it. */
export function planFaultyDelivery(
  reply: Reply,
  fault: MockFault,
  errors: ProviderErrors,
  intervalMs = 0,
): Delivery {
  const failure = wholeFailures[fault.name];
  if (failure) return planDelivery(errors.buildReply(failure));
  if (fault.name === 'html-error') return planDelivery(htmlError);
  if (fault.name === 'hang') return { ...planDelivery(reply), delayMs: maxMs };
  if (fault.name === 'empty-error') return planDelivery({ ...jsonReply(500, {}), body: Buffer.alloc(0) });
  return reply.kind === 'unary'
    ? planUnary(reply, fault, errors)
    : planStream(reply, fault, errors, intervalMs);
}

/** Faults that replace the whole answer. */
const wholeFailures: Readonly<Partial<Record<MockFaultName, FailureName>>> = {
  throttling: 'throttling',
  'service-unavailable': 'unavailable',
  internal: 'internal',
};

/** Faults of a stream, and what comes instead where the answer is no stream. */
const streamFailures: Readonly<Partial<Record<MockFaultName, FailureName>>> = {
  'first-frame-throttling': 'throttling',
  'mid-stream-throttling': 'throttling',
  'model-stream-error': 'model',
  'error-event': 'internal',
};

const htmlError: UnaryReply = {
  kind: 'unary',
  status: 503,
  headers: [['content-type', 'text/html']],
  body: Buffer.from(
    '<html><head><title>503</title></head><body><h1>503 Service Temporarily Unavailable</h1></body></html>',
  ),
};

function planUnary(reply: UnaryReply, fault: MockFault, errors: ProviderErrors): Delivery {
  const failure = streamFailures[fault.name];
  if (failure) return planDelivery(errors.buildReply(failure));
  const plain = planDelivery(reply);
  switch (fault.name) {
    case 'truncation':
      return { ...plain, chunks: [reply.body.subarray(0, Math.floor(reply.body.length / 2))] };
    case 'reset':
      return { ...plain, isSized: false, chunks: [], end: 'reset' };
    case 'one-byte':
      return { ...plain, isSized: false, chunks: splitBytes(plain.chunks) };
    case 'delay':
    case 'slow-stream':
      return { ...plain, delayMs: fault.ms ?? defaultDelayMs };
    default:
      return plain;
  }
}

function planStream(
  reply: StreamReply,
  fault: MockFault,
  errors: ProviderErrors,
  intervalMs: number,
): Delivery {
  const plain = planDelivery(reply, fault.ms ?? intervalMs);
  switch (fault.name) {
    case 'delay':
      return { ...planDelivery(reply, intervalMs), delayMs: fault.ms ?? defaultDelayMs };
    case 'slow-stream':
      return { ...plain, intervalMs: fault.ms ?? defaultIntervalMs };
    case 'json-instead-of-stream':
      return planDelivery(jsonReply(200, { message: 'The model could not stream this answer.' }));
    case 'reset':
      return { ...plain, chunks: reply.frames.slice(0, fault.after ?? defaultAfter), end: 'reset' };
    default:
      return { ...plain, chunks: planFrames(reply, fault, errors) };
  }
}

/** The frames of a stream that still ends cleanly as far as HTTP can tell. */
function planFrames(
  { frames, closingFrames }: StreamReply,
  fault: MockFault,
  errors: ProviderErrors,
): readonly Buffer[] {
  const after = fault.after ?? (fault.name === 'first-frame-throttling' ? 0 : defaultAfter);
  const failure = streamFailures[fault.name];
  if (failure) {
    const frame = fault.name === 'error-event' ? errors.encodeUnmodelledFrame() : errors.encodeFrame(failure);
    return [...frames.slice(0, after), frame];
  }
  switch (fault.name) {
    case 'truncation':
      return frames.slice(0, fault.after ?? frames.length - closingFrames);
    case 'bad-crc':
      return corrupt(frames, after, errors);
    case 'one-byte':
      return splitBytes(frames);
    default:
      return frames;
  }
}

function corrupt(frames: readonly Buffer[], at: number, errors: ProviderErrors): readonly Buffer[] {
  return frames.map((frame, index) => (index === at ? errors.corruptFrame(frame) : frame));
}

function splitBytes(chunks: readonly Buffer[]): Buffer[] {
  const all = Buffer.concat(chunks);
  return Array.from(all, (_, at) => all.subarray(at, at + 1));
}
