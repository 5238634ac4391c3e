import { buildModelPath } from '../../bedrock/model-path.ts';
import type { HeaderChanges } from '../../translator.ts';

/** `:path` of InvokeModel or InvokeModelWithResponseStream. @throws TranslationError for names that are no model. */
export function invokePath(model: string, isStream: boolean): string {
  return buildModelPath(model, isStream ? 'invoke-with-response-stream' : 'invoke');
}

/**
 * Headers of InvokeModel. Anthropic's own, which are in the path and the body now, go.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
export function invokeHeaders(isStream: boolean, serviceTier: string | undefined): HeaderChanges {
  const accept: [string, string][] = isStream
    ? [
        ['accept', 'application/vnd.amazon.eventstream'],
        ['x-amzn-bedrock-accept', 'application/json'],
      ]
    : [['accept', 'application/json']];
  return {
    set: [
      ['content-type', 'application/json'],
      ...accept,
      ['accept-encoding', 'identity'],
      ...(serviceTier === undefined ? [] : [['x-amzn-bedrock-service-tier', serviceTier] as const]),
    ],
    remove: ['anthropic-version', 'anthropic-beta'],
  };
}
