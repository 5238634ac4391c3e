import { elementsOf, numberOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { findUnknownMember, invalidValue, missing } from './openai-problem.ts';
import type { OpenAiProblem } from './openai-problem.ts';
import { findItemProblem } from './validate-response-items.ts';
import { reasons } from './read-responses-conversation.ts';

const known = new Set(
  'background context_management conversation include input instructions max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user'.split(
    ' ',
  ),
);
const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];
const leastOutputTokens = 16;

/** Finds what OpenAI refuses in a request for a response. */
export function validateResponses(body: JsonObject): OpenAiProblem | undefined {
  const { input, previous_response_id: previous } = body;
  const unknown = findUnknownMember(body, known);
  if (unknown) return unknown;
  // The mock keeps no responses, as if all of them had been asked for with `store: false`.
  if (typeof previous === 'string') {
    const message = `Previous response with id '${previous}' not found.`;
    return { message, param: 'previous_response_id', code: 'previous_response_not_found' };
  }
  if (input === undefined) return missing('input');
  if (typeof input !== 'string' && elementsOf(input).length === 0) {
    return invalidValue('input', 'a string or an array of input items');
  }
  return findSettingProblem(body) ?? findToolProblem(body) ?? findItemProblem(elementsOf(input));
}

function findSettingProblem(body: JsonObject): OpenAiProblem | undefined {
  return (
    findReasoningProblem(body) ??
    findNumberProblem(body) ??
    findFormatProblem(objectOf(objectOf(body['text'])['format']))
  );
}

function findReasoningProblem({ model, reasoning, temperature }: JsonObject): OpenAiProblem | undefined {
  const effort = objectOf(reasoning)['effort'] ?? undefined;
  if (reasons(model)) {
    if (temperature !== undefined) return unsupported('temperature');
  } else if (effort !== undefined) return unsupported('reasoning.effort');
  const isKnown = effort === undefined || efforts.includes(stringOf(effort) ?? '');
  return isKnown ? undefined : invalidValue('reasoning.effort', efforts.join(', '));
}

function findNumberProblem(body: JsonObject): OpenAiProblem | undefined {
  const { max_output_tokens: most, temperature } = body;
  if ((numberOf(most ?? leastOutputTokens) ?? 0) < leastOutputTokens) {
    return invalidValue('max_output_tokens', `an integer from ${leastOutputTokens} on`);
  }
  const heat = numberOf(temperature ?? 1) ?? -1;
  return heat >= 0 && heat <= 2 ? undefined : invalidValue('temperature', 'a number from 0 to 2');
}

function unsupported(param: string): OpenAiProblem {
  const message = `Unsupported parameter: '${param}' is not supported with this model.`;
  return { message, param, code: 'unsupported_parameter' };
}

function findFormatProblem(format: JsonObject): OpenAiProblem | undefined {
  const { type = 'text', name, schema } = format;
  if (type === 'text' || type === 'json_object') return undefined;
  if (type !== 'json_schema')
    return invalidValue('text.format.type', "'text', 'json_schema' or 'json_object'");
  if (typeof name !== 'string') return missing('text.format.name');
  return schema === undefined ? missing('text.format.schema') : undefined;
}

function findToolProblem(body: JsonObject): OpenAiProblem | undefined {
  const tools = elementsOf(body['tools']).map(objectOf);
  for (const [index, { type, name }] of tools.entries()) {
    const param = `tools[${index}]`;
    if (type !== 'function') return invalidValue(`${param}.type`, "'function'");
    if (name === undefined) return missing(`${param}.name`);
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(stringOf(name) ?? '')) {
      return invalidValue(`${param}.name`, "a string that matches '^[a-zA-Z0-9_-]+$'");
    }
  }
  const forced = stringOf(objectOf(body['tool_choice'])['name']);
  return forced === undefined || tools.some(({ name }) => name === forced)
    ? undefined
    : { message: `Tool choice '${forced}' not found in 'tools' parameter.`, param: 'tool_choice' };
}
