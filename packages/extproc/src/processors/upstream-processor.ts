import { backendLabel } from '@aigw/api-types';
import {
  type ClientRequest,
  createTranslator,
  TranslationError,
  type Translator,
  type UpstreamRequest,
} from '@aigw/translator';
import type { Authentication } from '../auth/backend-auth.ts';
import type {
  BodyMessage,
  ContinueAnswer,
  DynamicMetadata,
  HeaderMap,
  HeadersMessage,
} from '../codec/messages.ts';
import type { RuntimeBackend } from '../config/runtime-config.ts';
import { type Attempt, endExchange, type Exchange } from '../stream/exchange.ts';
import type { Phase, Step } from '../stream/phase.ts';
import type { Interrupt, Outcome, Result, StreamProcessor } from '../stream/processor.ts';
import { attemptAttributes, readAttemptAttributes } from './attempt-attributes.ts';
import { buildAttemptHeaders } from './attempt-headers.ts';
import { mutateBody } from './body-mutation.ts';
import { chooseHost } from './chosen-host.ts';
import { internalHeaders } from './header-names.ts';
import { buildErrorAnswer, isExpectedError } from './immediate-answer.ts';
import { answerLocally } from './local-answer.ts';
import type { ProcessorDeps } from './processor-deps.ts';
import { createResponseHold, type ResponseHold } from './response-hold.ts';

/** How long a request waits for the configuration that Envoy already has. */
const configurationWaitMs = 1_000;

/** One attempt of a request at one backend. */
export function createUpstreamProcessor(deps: ProcessorDeps, interrupt: Interrupt): StreamProcessor {
  return new UpstreamProcessor(deps, interrupt);
}

class UpstreamProcessor implements StreamProcessor {
  readonly #deps: ProcessorDeps;
  #exchange: Exchange | undefined;
  readonly #interrupt: Interrupt;
  #hold: ResponseHold | undefined;
  #review: Authentication['review'];
  #path = '';

  constructor(deps: ProcessorDeps, interrupt: Interrupt) {
    this.#deps = deps;
    this.#interrupt = interrupt;
  }

  begin(message: HeadersMessage): Result {
    const { headers } = message;
    this.#path = headers.get(internalHeaders.originalPath) ?? headers.get(':path') ?? '';
    const exchange = this.#findExchange(headers);
    this.#exchange = exchange;
    const { backendName } = readAttemptAttributes(message.attributes);
    const isKnown = backendName === undefined || exchange.config.backends.has(backendName);
    // Envoy may hear of a new route before we do.
    const arrival = isKnown ? undefined : this.#deps.config.untilBackend(backendName, configurationWaitMs);
    if (arrival === undefined) return this.#attempt(message, exchange);
    return arrival.then(() => this.#attempt(message, exchange));
  }

  #attempt(message: HeadersMessage, exchange: Exchange): Result {
    const { headers } = message;
    const facts = readAttemptAttributes(message.attributes);
    const { routeName, streamIdleMs } = facts;
    const backend = this.#findBackend(exchange, facts.backendName);
    const host = chooseHost(backend, facts, headers.get(':authority'));
    exchange.attempts += 1;
    const translator = this.#createTranslator(exchange, backend);
    if (translator.answer)
      return answerLocally(exchange, { answer: translator.answer(), backend, routeName });
    const { attempt, request, body } = translate(exchange, {
      backend,
      routeName,
      streamIdleMs,
      translator,
    });
    exchange.attempt = attempt;
    exchange.observer?.attempt({
      backend: backend.name,
      schema: backend.target.schema.name,
      model: attempt.model,
      routeName,
    });
    exchange.observer?.warnings(attempt.warnings);
    this.#logWarnings(exchange, attempt);

    const auth = backend.auth.apply({
      method: 'POST',
      path: request.path,
      host,
      body,
      origin: { headers: exchange.received, metadata: message.metadata ?? {} },
    });
    const answer = (authentication: Authentication): Outcome => {
      const next = this.#awaitResponse(message, exchange, attempt, authentication);
      const changes = buildAttemptHeaders({ current: headers, exchange, backend, request, authentication });
      const isReplaced = body !== exchange.request?.body || needsBody(headers, exchange);
      const metadata = {
        ...this.#metadata(exchange, backend),
        ...(isReplaced && { content_length: body.length }),
      };
      const base: ContinueAnswer = { kind: 'requestHeaders', headers: changes, metadata };
      return { answers: [isReplaced ? { ...base, body } : base], next };
    };
    return auth instanceof Promise ? auth.then(answer) : answer(auth);
  }

  readRequest(): Result {
    return { answers: [{ kind: 'requestBody' }], next: 'passing' };
  }

  openResponse(message: HeadersMessage): Result {
    const status = Number(message.headers.get(':status'));
    return this.#review !== undefined && status >= 400 && status <= 403
      ? this.#openRefused(message, this.#review)
      : this.#openAnswer(message);
  }

  finishResponse(): Result {
    return { answers: [{ kind: 'responseBody' }], next: 'passing' };
  }

  pushResponse(message: BodyMessage): Result {
    return this.#hold?.push(message) ?? { answers: [{ kind: 'responseBody' }], next: 'passing' };
  }

  endResponse(): Result {
    return this.#hold?.end() ?? { answers: [{ kind: 'responseTrailers' }], next: 'passing' };
  }

  recover(step: Step, error: unknown): Outcome {
    const exchange = this.#exchange;
    const dialect = exchange?.dialect ?? this.#deps.findTarget(this.#path).dialect;
    const requestId = exchange?.requestId ?? this.#deps.createId();
    if (!isExpectedError(error)) this.#deps.logger.error('attempt failed', { requestId, step, error });
    const answer = buildErrorAnswer(dialect, error, requestId);
    if (exchange !== undefined) {
      // The answer travels back through the router's filter, which must leave it as it is.
      exchange.isAnswered = true;
      const failure = { code: answer.details, message: 'answered by the gateway', status: answer.status };
      endExchange(exchange, { kind: 'failed', failure });
    }
    return { answers: [answer], next: 'closed' };
  }

  close(): void {
    this.#hold?.dispose();
    this.#exchange = undefined;
  }

  /** A stream is watched until its first event; of a whole answer there is nothing to see at this level but a refusal. */
  #awaitResponse(
    { showsResponse = false }: HeadersMessage,
    exchange: Exchange,
    attempt: Attempt,
    { review }: Authentication,
  ): Phase {
    if (!showsResponse) return 'passing';
    if (!exchange.isSignedAgain) this.#review = review;
    if (exchange.request?.stream !== true) return this.#review === undefined ? 'left' : 'awaitingResponse';
    this.#hold = createResponseHold({ deps: this.#deps, exchange, attempt, interrupt: this.#interrupt });
    return 'awaitingResponse';
  }

  /** Envoy's retry runs this filter again, which then signs with what is known better. */
  async #openRefused(
    message: HeadersMessage,
    review: NonNullable<Authentication['review']>,
  ): Promise<Outcome> {
    const exchange = this.#exchange;
    if (exchange === undefined || !(await review(message.headers))) return this.#openAnswer(message);
    exchange.isSignedAgain = true;
    const { requestId, attempt } = exchange;
    const reason = message.headers.get('x-amzn-errortype');
    this.#deps.logger.info('signature refused, signing again', {
      requestId,
      backend: attempt?.backend.name,
      reason,
    });
    const headers = { set: [[internalHeaders.signAgain, '1']] as const, remove: [] };
    return { answers: [{ kind: 'responseHeaders', headers }], next: 'left' };
  }

  #openAnswer(message: HeadersMessage): Outcome {
    const next = this.#review === undefined ? 'passing' : 'left';
    return this.#hold?.open(message) ?? { answers: [{ kind: 'responseHeaders' }], next };
  }

  /** A retry may come without the internal id: the attempt before it has removed it, as no provider is to see it. */
  #findExchange(headers: HeaderMap): Exchange {
    const { exchanges } = this.#deps;
    const id = headers.get(internalHeaders.requestId);
    const requestId = headers.get('x-request-id') ?? '';
    const exchange = id === undefined ? exchanges.getOnlyOne(requestId) : exchanges.get(id);
    if (exchange?.request !== undefined) return exchange;
    throw new TranslationError(
      'internal',
      'The gateway has lost track of this request: the filter in front of the routes is missing, or the gateway was restarted',
    );
  }

  /** Envoy may know a backend a moment before the configuration that the request began with does. */
  #findBackend(exchange: Exchange, name: string | undefined): RuntimeBackend {
    if (name === undefined) {
      throw new TranslationError(
        'internal',
        `The filter in front of the backend does not send ${attemptAttributes.host}`,
      );
    }
    const backend = exchange.config.backends.get(name) ?? this.#deps.config.current().backends.get(name);
    if (backend === undefined) {
      const { requestId } = exchange;
      this.#deps.logger.warn('backend is not in the configuration', {
        requestId,
        backend: backendLabel(name),
      });
      throw new TranslationError(
        'configuration_pending',
        `The backend ${JSON.stringify(backendLabel(name))} is not in the gateway's configuration yet`,
        { headers: [['retry-after', '1']] },
      );
    }
    if (!backend.schemaSupported) {
      throw new TranslationError(
        'unsupported_endpoint',
        `The schema ${backend.target.schema.name} is not supported`,
      );
    }
    return backend;
  }

  #createTranslator(exchange: Exchange, backend: RuntimeBackend): Translator {
    const { nowSeconds, sha256 } = this.#deps;
    const context = { requestId: exchange.requestId, nowSeconds: nowSeconds(), sha256 };
    return createTranslator(requestOf(exchange), backend.target, context);
  }

  #metadata({ headers }: Exchange, backend: RuntimeBackend): DynamicMetadata {
    const metadata: Record<string, string> = { backend_name: backend.name };
    for (const [header, key] of this.#deps.logAttributes) {
      const value = headers.get(header);
      if (value !== undefined) metadata[key] = value;
    }
    return metadata;
  }

  #logWarnings({ requestId }: Exchange, { backend, warnings }: Attempt): void {
    if (warnings.length === 0) return;
    this.#deps.logger.debug('fields of the request were changed', {
      requestId,
      backend: backend.name,
      warnings,
    });
  }
}

function requestOf({ request }: Exchange): ClientRequest {
  if (request === undefined) throw new TranslationError('internal', 'The request has no body');
  return request;
}

function translate(
  exchange: Exchange,
  facts: Pick<Attempt, 'backend' | 'routeName' | 'streamIdleMs' | 'translator'>,
): { attempt: Attempt; request: UpstreamRequest; body: Uint8Array } {
  const request = facts.translator.request();
  const body = mutateBody(request.body ?? requestOf(exchange).body, facts.backend.bodyMutation);
  const { model, warnings } = request;
  return {
    attempt: { ...facts, number: exchange.attempts, model, warnings },
    request,
    body,
  };
}

/** A retry finds the headers of the attempt before it, so the body is sent again to match; a body of unknown length gets one. */
function needsBody(headers: HeaderMap, { attempts, isBodyChanged }: Exchange): boolean {
  return isBodyChanged || attempts > 1 || !headers.has('content-length');
}
