import { invokeModelBeta, type ModelCapabilities } from '../capabilities/index.ts';
import { listOf, stringOf } from '../schemas/json-fields.ts';
import type { WarningCollector } from '../warnings.ts';
import type { JsonValue } from '../wire/json-document.ts';

/** What decides about a beta, and where betas stand in the client's request. */
export interface BetaContext {
  /** Of the model that Bedrock is asked for. */
  readonly capabilities: ModelCapabilities;
  readonly warnings: WarningCollector;
  readonly path: string;
}

/** The betas that Bedrock takes for the model, under the names it knows. */
export function filterBetas(
  wanted: readonly string[],
  { capabilities, warnings, path }: BetaContext,
): string[] {
  return wanted.flatMap((beta) => {
    const name = invokeModelBeta(capabilities, beta);
    if (name !== undefined) return [name];
    warnings.drop(path, `${beta} is no beta of this model on Bedrock`);
    return [];
  });
}

/** Betas of the `anthropic-beta` header: separated by commas, or a JSON list, or lists joined by commas. */
export function parseBetaHeader(header = ''): string[] {
  return header
    .split(',')
    .map((beta) => beta.replace(/^[\s["']+|[\s\]"']+$/g, ''))
    .filter((beta) => beta !== '');
}

/** Betas of the body's `anthropic_beta`: a list, or text as in the header. */
export function parseBetaField(value: JsonValue | undefined): string[] {
  const single = stringOf(value);
  return single === undefined
    ? listOf(value).flatMap((beta) => stringOf(beta) ?? [])
    : parseBetaHeader(single);
}
