import { createBufferedResponse } from '../buffered-response.ts';
import { isArn, judgedId } from '../capabilities/index.ts';
import { TranslationError } from '../errors.ts';
import { bodyHeaders, requestIdOf } from '../response-head.ts';
import { numberOf } from '../schemas/json-fields.ts';
import type {
  BufferedResponse,
  ClientResponse,
  ResponseHead,
  TranslationContext,
  UpstreamTarget,
} from '../translator.ts';
import { parseUpstreamObject } from '../upstream-json.ts';

const utf8 = new TextEncoder();

/**
 * The id by which CountTokens knows a model; it knows no profiles.
 * @throws TranslationError `not_found`, which clients take for "cannot be counted here", when an ARN hides the model.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
 */
export function countedModel(target: Pick<UpstreamTarget, 'modelCapabilities'>, model: string): string {
  const id = judgedId(target, model);
  if (!isArn(id)) return id;
  const message = `Bedrock cannot count tokens for ${model}: name the model by its id, or say on the backend what it is the same as`;
  throw new TranslationError('not_found', message, { param: 'model' });
}

/** The count in Anthropic's words. Counting costs nothing, so no usage is reported. */
export function readTokenCount(head: ResponseHead, context: TranslationContext): BufferedResponse {
  const requestId = requestIdOf(head, context.requestId);
  return createBufferedResponse({ dialect: 'anthropic', head, requestId }, (body) =>
    convertCount(body, requestId),
  );
}

function convertCount(body: Uint8Array, requestId: string): ClientResponse {
  const count = numberOf(parseUpstreamObject(body).value['inputTokens']);
  if (count === undefined)
    throw new TranslationError('upstream_error', 'The provider answered without a token count');
  return {
    headers: bodyHeaders('anthropic', 'application/json', requestId),
    body: utf8.encode(JSON.stringify({ input_tokens: count })),
  };
}
