import { type Dialect, type Endpoint, parseClientRequest, TranslationError } from '@aigw/translator';
import type { BodyMessage, HeaderMap, HeadersMessage } from '../codec/messages.ts';
import type { RuntimeConfig } from '../config/runtime-config.ts';
import { endExchange, type Exchange } from '../stream/exchange.ts';
import type { Step } from '../stream/phase.ts';
import type { Interrupt, Outcome, Result, StreamProcessor } from '../stream/processor.ts';
import type { Target } from './endpoint-table.ts';
import { internalHeaders, isInternalHeader } from './header-names.ts';
import { createHeaderPlan } from './header-plan.ts';
import { buildErrorAnswer, isExpectedError } from './immediate-answer.ts';
import { answerModels, chooseModelsDialect } from './models-processor.ts';
import type { ProcessorDeps } from './processor-deps.ts';
import { createAttemptResponse, createLocalResponse, type ResponseProcessor } from './response-processor.ts';

/** A client's request up to routing, and the response to it. */
export function createRouterProcessor(deps: ProcessorDeps, interrupt: Interrupt): StreamProcessor {
  return new RouterProcessor(deps, interrupt);
}

class RouterProcessor implements StreamProcessor {
  readonly #deps: ProcessorDeps;
  readonly #interrupt: Interrupt;
  #dialect: Dialect = 'openai';
  #requestId = '';
  #exchange: Exchange | undefined;
  #response: ResponseProcessor | undefined;
  /** What is answered whatever the body says. */
  #answer: (() => Outcome) | undefined;

  constructor(deps: ProcessorDeps, interrupt: Interrupt) {
    this.#deps = deps;
    this.#interrupt = interrupt;
  }

  begin(message: HeadersMessage): Outcome {
    const { headers } = message;
    const path = headers.get(':path') ?? '';
    const found = this.#deps.findTarget(path);
    this.#dialect = found.kind === 'models' ? chooseModelsDialect(headers, found.dialect) : found.dialect;
    this.#requestId = headers.get('x-request-id') ?? this.#deps.createId();
    if (found.kind !== 'endpoint' || headers.get(':method') !== 'POST') {
      return this.#answerAfterBody(message, () => this.#answerModels(requireModels(found, headers), headers));
    }
    checkCount(headers);
    if (message.endOfStream) this.#parse(found.endpoint, path, headers, new Uint8Array());
    this.#exchange = this.#createExchange(found, path, headers);
    this.#deps.exchanges.add(this.#exchange);

    const plan = createHeaderPlan();
    for (const name of headers.keys()) if (isInternalHeader(name)) plan.remove(name);
    plan.set(internalHeaders.requestId, this.#exchange.id);
    return { answers: [{ kind: 'requestHeaders', headers: plan.build() }], next: 'awaitingRequest' };
  }

  readRequest({ body }: BodyMessage): Outcome {
    if (this.#answer !== undefined) return this.#answer();
    const exchange = this.#exchange;
    if (exchange === undefined) throw new TranslationError('internal', 'A body came without headers');
    const { endpoint, path, headers } = exchange;
    const request = this.#parse(endpoint, path, headers, body);
    exchange.request = request;
    exchange.isBodyChanged = request.body.length !== body.length;
    const { model: originalModel, stream } = request;
    exchange.observer = this.#deps.metrics.request({ endpoint, originalModel, stream, headers });

    const plan = createHeaderPlan();
    plan.set(internalHeaders.model, request.model);
    plan.set(internalHeaders.originalPath, path);
    const answer = { kind: 'requestBody', headers: plan.build(), clearRouteCache: true } as const;
    return { answers: [answer], next: 'awaitingResponse' };
  }

  openResponse(message: HeadersMessage): Result {
    const exchange = this.#exchange;
    const isAnswered = exchange?.isAnswered ?? false;
    const context = { dialect: this.#dialect, requestId: this.#requestId, model: exchange?.request?.model };
    this.#response =
      exchange?.attempt === undefined || isAnswered
        ? createLocalResponse(context, isAnswered)
        : createAttemptResponse(this.#deps, exchange, exchange.attempt, this.#interrupt);
    return this.#response.open(message);
  }

  finishResponse(message: BodyMessage): Result {
    return this.#openedResponse().finish(message);
  }

  pushResponse(message: BodyMessage): Result {
    return this.#openedResponse().push(message);
  }

  endResponse(): Result {
    return this.#openedResponse().end();
  }

  recover(step: Step, error: unknown): Outcome {
    const { logger } = this.#deps;
    if (!isExpectedError(error)) logger.error('request failed', { requestId: this.#requestId, step, error });
    if (this.#response !== undefined && (step === 'pushResponse' || step === 'endResponse')) {
      return this.#response.abort(error);
    }
    const answer = buildErrorAnswer(this.#dialect, error, this.#requestId);
    const failure = { code: answer.details, message: 'answered by the gateway', status: answer.status };
    if (this.#exchange !== undefined) endExchange(this.#exchange, { kind: 'failed', failure });
    return { answers: [answer], next: 'closed' };
  }

  close(): void {
    this.#response?.dispose();
    if (this.#exchange === undefined) return;
    this.#deps.exchanges.remove(this.#exchange.id);
    endExchange(this.#exchange, { kind: 'aborted' });
  }

  #openedResponse(): ResponseProcessor {
    if (this.#response === undefined)
      throw new TranslationError('internal', 'A response came without headers');
    return this.#response;
  }

  /** An answer while the client still sends ends its connection, often before it has read the answer. */
  #answerAfterBody({ endOfStream }: HeadersMessage, answer: () => Outcome): Outcome {
    if (endOfStream) return answer();
    this.#answer = answer;
    return { answers: [{ kind: 'requestHeaders' }], next: 'awaitingRequest' };
  }

  #answerModels(target: Extract<Target, { kind: 'models' }>, headers: HeaderMap): Outcome {
    const config = this.#deps.config.current();
    const { modelId } = target;
    const asked = { headers, dialect: this.#dialect, modelId, requestId: this.#requestId };
    const answer = answerModels(config, asked);
    return { answers: [answer], next: 'closed' };
  }

  #parse(
    endpoint: Endpoint,
    path: string,
    headers: HeaderMap,
    body: Uint8Array,
  ): ReturnType<typeof parseClientRequest> {
    const encoding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
    if (encoding !== 'identity') {
      throw new TranslationError(
        'invalid_request',
        'Compressed request bodies are not supported: send plain JSON',
      );
    }
    return parseClientRequest({ endpoint, path, headers, body });
  }

  #createExchange(
    { endpoint, dialect }: Extract<Target, { kind: 'endpoint' }>,
    path: string,
    headers: HeaderMap,
  ): Exchange {
    const config = this.#deps.config.current();
    return {
      id: this.#deps.createId(),
      requestId: this.#requestId,
      endpoint,
      dialect,
      path,
      headers: withoutPrivate(headers, config),
      received: headers,
      config,
      attempts: 0,
      touchedHeaders: new Set(),
      isBodyChanged: false,
      isSignedAgain: false,
      isAnswered: false,
      isEnded: false,
    };
  }
}

/** Neither routes nor translations may see internal headers of a client, which are forgeries, or its credentials. */
function withoutPrivate(headers: HeaderMap, { credentialHeaders }: RuntimeConfig): HeaderMap {
  return new Map([...headers].filter(([name]) => !isInternalHeader(name) && !credentialHeaders.has(name)));
}

/** Envoy takes 200 from a client, but counts what the gateway adds to them, and would then fail. */
const maxHeaders = 150;

function checkCount({ size }: HeaderMap): void {
  if (size <= maxHeaders) return;
  throw new TranslationError(
    'invalid_request',
    `The request has ${size} headers: send no more than ${maxHeaders}`,
  );
}

/** @throws TranslationError for everything else that is no `POST` to an endpoint. */
function requireModels(target: Target, headers: HeaderMap): Extract<Target, { kind: 'models' }> {
  if (target.kind === 'unknown') {
    const path = JSON.stringify(headers.get(':path') ?? '');
    const hint = target.meant === undefined ? '' : `: send it to ${JSON.stringify(target.meant)}`;
    throw new TranslationError('not_found', `The gateway does not serve the path ${path}${hint}`);
  }
  const method = headers.get(':method') ?? '';
  if (target.kind === 'models' && (method === 'GET' || method === 'HEAD')) return target;
  const allow = target.kind === 'models' ? 'GET, HEAD' : 'POST';
  const message = `The method ${method} is not allowed here: use ${allow.split(',')[0]}`;
  throw new TranslationError('method_not_allowed', message, { headers: [['allow', allow]] });
}
