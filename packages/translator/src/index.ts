export { parseClientRequest, type ClientRequestInput } from './client-request.ts';
export { dialectOf, requestIdHeader } from './dialect.ts';
export {
  encodeErrorBody,
  errorTable,
  TranslationError,
  type ClientErrorDetails,
  type ErrorCode,
} from './errors.ts';
export { createFirstEventProbe, type FirstEvent, type FirstEventProbe } from './first-event.ts';
export { localError, type LocalError } from './local-error.ts';
export { createTranslator, upstreams } from './registry.ts';
export type {
  BufferedResponse,
  ClientRequest,
  ClientResponse,
  CreateTranslator,
  Dialect,
  Endpoint,
  HeaderChanges,
  LocalAnswer,
  ResponseFailure,
  ResponseHead,
  StreamedResponse,
  TranslatedChunk,
  TranslationContext,
  Translator,
  Upstream,
  UpstreamRequest,
  UpstreamTarget,
  Warning,
} from './translator.ts';
export type { TokenUsage } from './usage.ts';
export { failureToClient } from './upstream-error.ts';
export {
  isJsonObject,
  parseJsonDocument,
  type JsonDocument,
  type JsonObject,
  type JsonPath,
  type JsonValue,
} from './wire/json-document.ts';
export { spliceJson, type JsonEdit } from './wire/json-splice.ts';
