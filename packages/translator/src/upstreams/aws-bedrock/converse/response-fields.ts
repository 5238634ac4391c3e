import type { ModelCapabilities } from '../../../capabilities/index.ts';
import { listOf, numberOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { ClientRequest } from '../../../translator.ts';
import type { JsonObject } from '../../../wire/json-document.ts';

/** What Converse leaves out of Claude's answers unless it is asked for. */
export interface WantedResponseFields {
  /** How much of the answer was thinking. */
  readonly thinkingTokens: boolean;
  /** Which stop sequence was met. */
  readonly stopSequence: boolean;
}

const thinkingPaths = ['/usage/output_tokens_details'];
/** Of whole answers, and of streamed ones. */
const stopPaths = ['/stop_sequence', '/delta/stop_sequence'];
/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (additionalModelResponseFieldPaths) */
const maxPaths = 10;

/** The fields of the model's own answer that are to come with that of Converse, after those that the client asks for. */
export function responseFieldPaths(
  wanted: WantedResponseFields,
  { family }: Pick<ModelCapabilities, 'family'>,
  { document }: Pick<ClientRequest, 'document'>,
): readonly string[] {
  if (family !== 'claude') return [];
  const own = listOf(objectOf(document.value)?.['additionalModelResponseFieldPaths']);
  const added = [...(wanted.thinkingTokens ? thinkingPaths : []), ...(wanted.stopSequence ? stopPaths : [])];
  if (added.length === 0) return [];
  const paths = new Set([...own.flatMap((path) => stringOf(path) ?? []), ...added]);
  return [...paths].slice(0, maxPaths);
}

/** What was spent on thinking, in a whole answer or in the event that ends a stream. */
export function readThinkingTokens(answer: JsonObject): number | undefined {
  const usage = objectOf(fieldsOf(answer)['usage']);
  return numberOf(objectOf(usage?.['output_tokens_details'])?.['thinking_tokens']);
}

/** The stop sequence that was met, in a whole answer or in the event that ends a stream. */
export function readStopSequence(answer: JsonObject): string | undefined {
  const fields = fieldsOf(answer);
  return stringOf(fields['stop_sequence']) ?? stringOf(objectOf(fields['delta'])?.['stop_sequence']);
}

function fieldsOf(answer: JsonObject): JsonObject {
  return objectOf(answer['additionalModelResponseFields']) ?? {};
}
