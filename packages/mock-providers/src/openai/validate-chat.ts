import { elementsOf, isJsonObject, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { OpenAiProblem } from './openai-problem.ts';

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];
const bounds: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  frequency_penalty: [-2, 2],
  presence_penalty: [-2, 2],
  max_tokens: [1, Infinity],
  max_completion_tokens: [1, Infinity],
  n: [1, 128],
};
const maxStops = 4;
const strayResult =
  "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";

/** Finds what OpenAI refuses in a chat completion request. */
export function validateChat(body: JsonObject): OpenAiProblem | undefined {
  const messages = elementsOf(body['messages']);
  if (messages.length === 0) {
    return { message: "Missing required parameter: 'messages'.", param: 'messages' };
  }
  return findBoundProblem(body) ?? findMessageProblem(messages) ?? findToolProblem(body);
}

function findBoundProblem(body: JsonObject): OpenAiProblem | undefined {
  for (const [param, [low, high]] of Object.entries(bounds)) {
    const value = body[param] ?? undefined;
    if (value === undefined) continue;
    if (typeof value !== 'number')
      return { message: `Invalid type for '${param}': expected a number.`, param };
    if (value < low || value > high) {
      return { message: `Invalid '${param}': ${value} is not between ${low} and ${high}.`, param };
    }
  }
  if (elementsOf(body['stop']).length > maxStops) {
    return { message: `Invalid 'stop': array too long, at most ${maxStops} are allowed.`, param: 'stop' };
  }
  if (body['stream_options'] && body['stream'] !== true) {
    return {
      message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      param: 'stream_options',
    };
  }
  return undefined;
}

function findMessageProblem(messages: readonly unknown[]): OpenAiProblem | undefined {
  let open: string[] = [];
  for (const [at, message] of messages.entries()) {
    const param = `messages.[${at}]`;
    const problem = findSingleProblem(message, open, param);
    if (problem) return problem;
    const { role, tool_call_id: id, tool_calls: calls } = objectOf(message);
    open = role === 'tool' ? open.filter((other) => other !== id) : idsOf(calls);
  }
  return open.length > 0 ? unanswered(open, 'messages') : undefined;
}

function idsOf(calls: unknown): string[] {
  return elementsOf(calls).map((call) => String(objectOf(call)['id']));
}

function findSingleProblem(
  message: unknown,
  open: readonly string[],
  param: string,
): OpenAiProblem | undefined {
  const { role, content, tool_call_id: id } = objectOf(message);
  if (!isJsonObject(message) || !roles.includes(stringOf(role) ?? '')) {
    return {
      message: `Invalid value for '${param}.role'. Supported values are: ${roles.join(', ')}.`,
      param,
    };
  }
  if (role === 'tool') return open.includes(stringOf(id) ?? '') ? undefined : { message: strayResult, param };
  if (open.length > 0) return unanswered(open, param);
  const isEmpty = content === undefined || content === null;
  return isEmpty && role !== 'assistant'
    ? { message: `Invalid value for 'content': expected a string, got null.`, param: `${param}.content` }
    : undefined;
}

function unanswered(ids: readonly string[], param: string): OpenAiProblem {
  return {
    message: `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(', ')}`,
    param,
  };
}

function findToolProblem(body: JsonObject): OpenAiProblem | undefined {
  const tools = elementsOf(body['tools']).map(objectOf);
  const names = tools.map((tool) => stringOf(objectOf(tool['function'])['name']) ?? '');
  const bad = tools.findIndex(
    ({ type }, index) => type === 'function' && !/^[a-zA-Z0-9_-]{1,64}$/.test(names[index] ?? ''),
  );
  if (bad >= 0) {
    return {
      message: `Invalid 'tools[${bad}].function.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.`,
      param: `tools[${bad}].function.name`,
    };
  }
  const forced = stringOf(objectOf(objectOf(body['tool_choice'])['function'])['name']);
  if (body['tool_choice'] !== undefined && body['tool_choice'] !== null && tools.length === 0) {
    return { message: "'tool_choice' is only allowed when 'tools' are specified.", param: 'tool_choice' };
  }
  if (forced !== undefined && !names.includes(forced)) {
    return { message: `Tool choice '${forced}' not found in 'tools' parameter.`, param: 'tool_choice' };
  }
  return undefined;
}
