import { TranslationError } from '../errors.ts';

/** A guardrail that a client asks for, in Converse's words. */
export type Guardrail = {
  readonly guardrailIdentifier: string;
  readonly guardrailVersion: string;
  /** `enabled`, `enabled_full` or `disabled`. */
  readonly trace?: string;
};

const identifierHeader = 'x-amzn-bedrock-guardrailidentifier';
const versionHeader = 'x-amzn-bedrock-guardrailversion';

/**
 * The guardrail of InvokeModel's headers, if there is one.
 * @throws TranslationError when only one of its name and its version is given: nobody is to believe that he is guarded.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
 */
export function readGuardrail(headers: ReadonlyMap<string, string>): Guardrail | undefined {
  const guardrailIdentifier = headers.get(identifierHeader);
  const guardrailVersion = headers.get(versionHeader);
  const trace = headers.get('x-amzn-bedrock-trace')?.toLowerCase();
  if (guardrailIdentifier !== undefined && guardrailVersion !== undefined)
    return { guardrailIdentifier, guardrailVersion, ...(trace !== undefined && { trace }) };
  if (guardrailIdentifier === guardrailVersion) return undefined;
  const message = `A guardrail needs both headers, ${identifierHeader} and ${versionHeader}`;
  throw new TranslationError('invalid_request', message);
}
