import type {
  ResponseError,
  ResponseIncompleteDetails,
  ResponseOutputItem,
} from '../../schemas/openai/response.ts';
import { encodeJson, rawJson, type RawJson } from '../../wire/json-document.ts';
import type { AnswerFacts, AnswerIdentity } from '../conversation-api.ts';
import { convertUsage } from './convert-usage.ts';

/** How far a response has come. */
export type ResponseProgress = AnswerFacts & {
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  readonly output: readonly ResponseOutputItem[];
  readonly error?: ResponseError;
  readonly incompleteDetails?: ResponseIncompleteDetails;
};

/** What a response repeats of its request, and what it says where the request is silent. */
const repeated: Readonly<Record<string, string>> = {
  instructions: 'null',
  max_output_tokens: 'null',
  metadata: '{}',
  parallel_tool_calls: 'true',
  reasoning: '{"effort":null,"summary":null}',
  temperature: 'null',
  text: '{"format":{"type":"text"}}',
  tool_choice: '"auto"',
  tools: '[]',
  top_p: 'null',
};

/** Writes the response object of one answer, which occurs several times in a stream. */
export function createResponseWriter(identity: AnswerIdentity): (progress: ResponseProgress) => string {
  const { requestId, created, model, request } = identity;
  const begin = encodeJson({ id: `resp_${requestId}`, object: 'response', created_at: created, model });
  const settings = encodeJson({
    access_programs: null,
    background: false,
    previous_response_id: null,
    store: false,
    truncation: 'disabled',
    ...repeatRequest(request.document),
  });
  return ({ status, output, error, incompleteDetails, usage, serviceTier }) => {
    const state = JSON.stringify({
      status,
      error: error ?? null,
      incomplete_details: incompleteDetails ?? null,
      output,
      usage: usage ? convertUsage(usage) : null,
      service_tier: serviceTier ?? null,
    });
    return `${begin.slice(0, -1)},${state.slice(1, -1)},${settings.slice(1)}`;
  };
}

/** The client's own bytes: schemas of tools keep their order and their numbers. */
function repeatRequest(document: AnswerIdentity['request']['document']): Record<string, RawJson> {
  return Object.fromEntries(
    Object.entries(repeated).map(([name, fallback]) => {
      const text = document.rawAt([name]);
      return [name, rawJson(text === undefined || text === 'null' ? fallback : text)];
    }),
  );
}
