import { TranslationError } from './errors.ts';
import type { ClientRequest, Endpoint } from './translator.ts';
import { isJsonObject, parseJsonDocument, type JsonDocument, type JsonObject } from './wire/json-document.ts';

/** A request as it arrived. */
export interface ClientRequestInput {
  readonly endpoint: Endpoint;
  /** The `:path` as received, query included. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

const maxModelLength = 2048;

/**
 * Reads what routing and every translation need of a request; the rest of the body is for the provider to judge.
 * @throws TranslationError `invalid_request` that says what to change.
 */
export function parseClientRequest(input: ClientRequestInput): ClientRequest {
  const { endpoint, path, headers } = input;
  const body = withoutByteOrderMark(input.body);
  if (body.length === 0) {
    throw new TranslationError(
      'invalid_request',
      'The request has no body: send a JSON object with a "model"',
    );
  }
  const document = parseJsonDocument(body);
  const { value } = document;
  if (!isJsonObject(value)) {
    throw new TranslationError(
      'invalid_request',
      'The body is JSON but not an object: send an object with a "model"',
    );
  }
  checkUniqueFields(document);
  const queryStart = path.indexOf('?');
  return {
    endpoint,
    query: queryStart < 0 ? '' : path.slice(queryStart),
    headers,
    body,
    document,
    model: readModel(value),
    stream: readStream(value),
  };
}

/** Providers take a mark for broken JSON. */
function withoutByteOrderMark(body: Uint8Array): Uint8Array {
  const isMarked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return isMarked ? body.subarray(3) : body;
}

/** With repeated fields the gateway and the provider could read different requests. */
function checkUniqueFields(document: JsonDocument): void {
  const seen = new Set<string | number>();
  for (const { key } of document.containerAt([])?.members ?? []) {
    if (seen.has(key))
      throw invalid(String(key), `The field ${JSON.stringify(key)} occurs more than once: send it once`);
    seen.add(key);
  }
}

function readModel(request: JsonObject): string {
  const model = request['model'];
  if (model === undefined)
    throw invalid('model', 'The field "model" is missing: name the model that is to answer');
  if (typeof model !== 'string') throw invalid('model', 'The field "model" must be a string');
  checkModelName(model);
  return model;
}

/** Model names become part of URL paths and of headers. */
function checkModelName(model: string): void {
  if (model.trim() === '')
    throw invalid('model', 'The field "model" is empty: name the model that is to answer');
  if (model.length > maxModelLength) {
    throw invalid('model', `The field "model" is longer than ${maxModelLength} characters`);
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(model))
    throw invalid('model', 'The field "model" contains a control character');
  if (/\p{Surrogate}/u.test(model)) throw invalid('model', 'The field "model" is not valid Unicode');
  if (model.split(/[/;]/).includes('..'))
    throw invalid('model', 'The field "model" must not contain ".." as a path segment');
}

function readStream(request: JsonObject): boolean {
  const stream = request['stream'];
  if (stream === true || stream === 'true') return true;
  if (stream === undefined || stream === null || stream === false || stream === 'false') return false;
  throw invalid('stream', 'The field "stream" must be true or false');
}

function invalid(param: string, message: string): TranslationError {
  return new TranslationError('invalid_request', message, { param });
}
