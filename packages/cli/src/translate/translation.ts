import { createHash } from 'node:crypto';
import {
  type ClientRequest,
  createTranslator,
  dialectOf,
  type HeaderChanges,
  type LocalAnswer,
  localError,
  parseClientRequest,
  type ResponseFailure,
  TranslationError,
  type TokenUsage,
  type TranslationContext,
  type UpstreamRequest,
  type Warning,
} from '@aigw/translator';

import { type ReplayedResponse, replayResponse } from './replay-response.ts';
import type { TranslateOptions } from './translate-options.ts';

/** The request that would go out. */
export interface OutgoingRequest {
  readonly method: 'POST';
  readonly path: string;
  readonly model: string;
  readonly headers: HeaderChanges;
  readonly body: string;
}

/** What the client would get. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderChanges;
  readonly body: string;
  readonly usage?: TokenUsage;
  readonly responseModel?: string;
  readonly failure?: ResponseFailure;
}

/** What becomes of a request; without `request`, `response` is the gateway's own: an answer, or a refusal with its `failure`. */
export interface Translation {
  readonly request?: OutgoingRequest;
  readonly warnings: readonly Warning[];
  readonly response?: Answer;
}

/** Files that a translation reads. */
export interface TranslationInput {
  readonly body: Uint8Array;
  readonly recorded?: Uint8Array;
}

const requestId = 'aigw-translate';
const utf8 = new TextDecoder();

/** Translates a request, and a recorded answer when there is one, as the gateway does. */
export function translate(options: TranslateOptions, input: TranslationInput): Translation {
  try {
    return translateRequest(options, input);
  } catch (error) {
    if (!TranslationError.is(error)) throw error;
    return { warnings: [], response: showRefusal(options, error) };
  }
}

function translateRequest(
  { client, target, headers, response }: TranslateOptions,
  { body, recorded }: TranslationInput,
): Translation {
  const request = parseClientRequest({ ...client, headers, body });
  const translator = createTranslator(request, target, createContext());
  const local = translator.answer?.();
  if (local) return { warnings: [], response: showLocalAnswer(local) };
  const outgoing = translator.request();
  return {
    request: showRequest(outgoing, request),
    warnings: outgoing.warnings,
    ...(response && recorded && { response: showAnswer(replayResponse(translator, response, recorded)) }),
  };
}

function createContext(): TranslationContext {
  return {
    requestId,
    nowSeconds: Math.floor(Date.now() / 1000),
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  };
}

function showRequest(
  { path, model, headers, body }: UpstreamRequest,
  client: ClientRequest,
): OutgoingRequest {
  return { method: 'POST', path, model, headers, body: utf8.decode(body ?? client.body) };
}

function showLocalAnswer({ headers, body }: LocalAnswer): Answer {
  return { status: 200, headers: { set: headers, remove: [] }, body: utf8.decode(body) };
}

function showRefusal({ client }: TranslateOptions, error: TranslationError): Answer {
  const { status, headers, body } = localError(dialectOf(client.endpoint), error, requestId);
  const { code, message } = error;
  return { status, headers: { set: headers, remove: [] }, body, failure: { code, message, status } };
}

function showAnswer({ body, ...answer }: ReplayedResponse): Answer {
  return { ...answer, body: utf8.decode(body) };
}
