import { buildModelPath } from '../../bedrock/model-path.ts';
import { readGuardrail } from '../../bedrock/read-guardrail.ts';
import type { ClientRequest, HeaderChanges } from '../../translator.ts';

/** `:path` of InvokeModel or InvokeModelWithResponseStream. @throws TranslationError for names that are no model. */
export function invokePath(model: string, isStream: boolean): string {
  return buildModelPath(model, isStream ? 'invoke-with-response-stream' : 'invoke');
}

/**
 * Headers of InvokeModel. Anthropic's own, which are in the path and the body now, go; a guardrail that the client asks for stays.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
 */
export function invokeHeaders(
  { stream: isStream, headers }: Pick<ClientRequest, 'stream' | 'headers'>,
  serviceTier: string | undefined,
): HeaderChanges {
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
      ...guardrailHeaders(headers),
    ],
    remove: ['anthropic-version', 'anthropic-beta'],
  };
}

function guardrailHeaders(headers: ClientRequest['headers']): [string, string][] {
  const guardrail = readGuardrail(headers);
  if (!guardrail) return [];
  const { guardrailIdentifier, guardrailVersion, trace } = guardrail;
  return [
    ['x-amzn-bedrock-guardrailidentifier', guardrailIdentifier],
    ['x-amzn-bedrock-guardrailversion', guardrailVersion],
    ...(trace === undefined ? [] : [['x-amzn-bedrock-trace', trace] as [string, string]]),
  ];
}
