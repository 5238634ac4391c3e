import type { Logger } from '@aigw/service-runtime';
import { decodeProcessingRequest } from '../codec/decode-processing-request.ts';
import { encodeProcessingResponse } from '../codec/encode-processing-response.ts';
import type { BodyMessage, HeadersMessage, ProcessingMessage } from '../codec/messages.ts';
import type { StreamHandler, TransportStream } from '../transport/transport.ts';
import { afterPass, chooseStep, type Phase, type Step } from './phase.ts';
import type { Outcome, ProcessorFactory, Result, StreamProcessor } from './processor.ts';

/** Messages that may wait for an answer before reading stops. */
const maxWaiting = 64;

/** What all sessions share. */
export interface SessionOptions {
  readonly processors: ProcessorFactory;
  readonly logger: Logger;
}

/** Pumps one stream: messages in, answers out in the same order, however long each takes. */
export function createSession(options: SessionOptions, stream: TransportStream): StreamHandler {
  return new Session(options, stream);
}

class Session implements StreamHandler {
  readonly #options: SessionOptions;
  readonly #stream: TransportStream;
  readonly #waiting: ProcessingMessage[] = [];
  #processor: StreamProcessor | undefined;
  #phase: Phase = 'opening';
  #isBusy = false;
  #isPaused = false;
  #isWritable = true;
  #isHalfClosed = false;
  #isOver = false;

  constructor(options: SessionOptions, stream: TransportStream) {
    this.#options = options;
    this.#stream = stream;
  }

  onMessage(bytes: Uint8Array): void {
    if (this.#isOver) return;
    let message: ProcessingMessage | undefined;
    try {
      message = decodeProcessingRequest(bytes);
    } catch (error) {
      this.#break('message cannot be read', error);
      return;
    }
    // Envoy waits for no answer to a kind of message that it does not know we miss: none can be given.
    if (message === undefined) return;
    this.#waiting.push(message);
    this.#pump();
    this.#throttle();
  }

  onHalfClose(): void {
    this.#isHalfClosed = true;
    this.#finish();
  }

  onCancel(): void {
    this.#close();
  }

  onDrain(): void {
    this.#isWritable = true;
    this.#throttle();
  }

  #pump(): void {
    while (!this.#isBusy && !this.#isOver) {
      const message = this.#waiting.shift();
      if (message === undefined) break;
      const result = this.#take(message);
      if (result instanceof Promise) this.#wait(result);
      else this.#settle(result);
    }
    this.#finish();
  }

  #wait(result: Promise<Outcome>): void {
    this.#isBusy = true;
    void result.then((outcome) => {
      this.#isBusy = false;
      if (this.#isOver) return;
      this.#settle(outcome);
      this.#pump();
      this.#throttle();
    });
  }

  /** Never throws and never rejects. */
  #take(message: ProcessingMessage): Result {
    const step = chooseStep(this.#phase, message);
    try {
      const result = this.#run(step, message);
      if (!(result instanceof Promise)) return result;
      return result.catch((error: unknown) => this.#recover(step, error));
    } catch (error) {
      return this.#recover(step, error);
    }
  }

  #run(step: Step, message: ProcessingMessage): Result {
    const processor = this.#processorFor(step);
    return (
      runStep(processor, step, message) ?? {
        answers: step === 'ignore' ? [] : [{ kind: message.kind }],
        next: afterPass(this.#phase),
      }
    );
  }

  #processorFor(step: Step): StreamProcessor {
    const { processors } = this.#options;
    this.#processor ??=
      step === 'startAttempt'
        ? processors.upstream((speak) => this.#interrupt(speak))
        : processors.router((speak) => this.#interrupt(speak));
    return this.#processor;
  }

  #interrupt(speak: () => Outcome): void {
    if (this.#isBusy || this.#isOver || this.#phase === 'closed') return;
    this.#settle(speak());
    this.#throttle();
  }

  #recover(step: Step, error: unknown): Outcome {
    return this.#processor?.recover(step, error) ?? { answers: [], next: 'closed' };
  }

  #settle({ answers, next }: Outcome): void {
    this.#phase = next;
    for (const answer of answers) {
      this.#isWritable = this.#stream.send(encodeProcessingResponse(answer));
    }
    if (next === 'left') this.#end();
  }

  /** Reading stops while too much waits on either side, so that memory stays bounded. */
  #throttle(): void {
    const shouldPause = !this.#isOver && (!this.#isWritable || this.#waiting.length > maxWaiting);
    if (shouldPause === this.#isPaused) return;
    this.#isPaused = shouldPause;
    if (shouldPause) this.#stream.pause();
    else this.#stream.resume();
  }

  /** With graceful close Envoy ends its half and expects us to end ours. */
  #finish(): void {
    if (!this.#isHalfClosed || this.#isBusy || this.#waiting.length > 0 || this.#isOver) return;
    this.#end();
  }

  #end(): void {
    this.#stream.end();
    this.#close();
  }

  #break(message: string, error: unknown): void {
    this.#options.logger.error('ext_proc stream broken', { reason: message, error });
    this.#stream.fail(message);
    this.#close();
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting.length = 0;
    this.#processor?.close();
  }
}

/** The work of a step; undefined when the message needs none. */
function runStep(processor: StreamProcessor, step: Step, message: ProcessingMessage): Result | undefined {
  switch (message.kind) {
    case 'requestHeaders':
    case 'responseHeaders':
      return runHeadersStep(processor, step, message);
    case 'requestBody':
    case 'responseBody':
      return runBodyStep(processor, step, message);
    case 'requestTrailers':
    case 'responseTrailers':
      return step === 'endResponse' ? processor.endResponse() : undefined;
  }
}

function runHeadersStep(processor: StreamProcessor, step: Step, message: HeadersMessage): Result | undefined {
  if (step === 'routeRequest' || step === 'startAttempt') return processor.begin(message);
  return step === 'openResponse' ? processor.openResponse(message) : undefined;
}

function runBodyStep(processor: StreamProcessor, step: Step, message: BodyMessage): Result | undefined {
  if (step === 'readRequest') return processor.readRequest(message);
  if (step === 'finishResponse') return processor.finishResponse(message);
  return step === 'pushResponse' ? processor.pushResponse(message) : undefined;
}
