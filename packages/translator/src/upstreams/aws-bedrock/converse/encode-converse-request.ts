import { buildModelPath } from '../../../bedrock/model-path.ts';
import type { ClientRequest, UpstreamRequest } from '../../../translator.ts';
import { encodeJson } from '../../../wire/json-document.ts';
import type { BuiltConverseRequest } from './assemble-request.ts';
import { converseHeaders } from './converse-headers.ts';

const utf8 = new TextEncoder();

/** What goes to Converse, or to ConverseStream for a client that streams. */
export function encodeConverseRequest(
  { stream }: Pick<ClientRequest, 'stream'>,
  model: string,
  { body, warnings }: Pick<BuiltConverseRequest, 'body'> & Pick<UpstreamRequest, 'warnings'>,
): UpstreamRequest {
  return {
    path: buildModelPath(model, stream ? 'converse-stream' : 'converse'),
    headers: converseHeaders(stream),
    body: utf8.encode(encodeJson(body)),
    model,
    warnings,
  };
}
