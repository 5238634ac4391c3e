import { isSignedReasoning } from './encrypted-reasoning.ts';
import { elementsOf, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { invalidValue, missing } from './openai-problem.ts';
import type { OpenAiProblem } from './openai-problem.ts';

const roles = ['user', 'system', 'developer', 'assistant'];
const partsOfUsers = ['input_text', 'input_image', 'input_file'];
const partsOfAssistants = ['output_text', 'refusal'];
const types = ['message', 'function_call', 'function_call_output', 'reasoning'];

/** Finds what OpenAI refuses in a list of input items: their shapes, and which follows which. */
export function findItemProblem(items: readonly unknown[]): OpenAiProblem | undefined {
  const open = new Set<string>();
  for (const [index, element] of items.entries()) {
    const item = objectOf(element);
    const next = objectOf(items[index + 1]);
    const problem =
      findShapeProblem(item, `input[${index}]`) ??
      findCallProblem(item, open) ??
      findOrderProblem(item, next);
    if (problem) return problem;
  }
  const [unanswered] = open;
  if (unanswered === undefined) return undefined;
  return { message: `No tool output found for function call ${unanswered}.`, param: 'input' };
}

function findShapeProblem(item: JsonObject, param: string): OpenAiProblem | undefined {
  const { type = 'message' } = item;
  switch (type) {
    case 'message':
      return findMessageProblem(item, param);
    case 'function_call':
      return findMissing(item, ['call_id', 'name', 'arguments'], param);
    case 'function_call_output':
      return findMissing(item, ['call_id', 'output'], param);
    case 'reasoning':
      return findMissing(item, ['summary'], param);
    default:
      return invalidValue(`${param}.type`, types.join(', '));
  }
}

function findMissing(item: JsonObject, names: readonly string[], param: string): OpenAiProblem | undefined {
  const absent = names.find((name) => item[name] === undefined);
  return absent === undefined ? undefined : missing(`${param}.${absent}`);
}

function findMessageProblem({ role, content }: JsonObject, param: string): OpenAiProblem | undefined {
  if (!roles.includes(stringOf(role) ?? '')) return invalidValue(`${param}.role`, roles.join(', '));
  if (content === undefined) return missing(`${param}.content`);
  const allowed = role === 'assistant' ? partsOfAssistants : partsOfUsers;
  const bad = elementsOf(content).findIndex(
    (part) => !allowed.includes(stringOf(objectOf(part)['type']) ?? ''),
  );
  if (bad >= 0) return invalidValue(`${param}.content[${bad}].type`, allowed.join(', '));
  const image = elementsOf(content).findIndex((part) => {
    const { type, image_url: url, file_id: file } = objectOf(part);
    return type === 'input_image' && typeof (url ?? file) !== 'string';
  });
  return image < 0 ? undefined : invalidValue(`${param}.content[${image}].image_url`, 'a string');
}

function findCallProblem(item: JsonObject, open: Set<string>): OpenAiProblem | undefined {
  const id = String(item['call_id']);
  if (item['type'] === 'function_call') open.add(id);
  if (item['type'] !== 'function_call_output' || open.delete(id)) return undefined;
  return { message: `No tool call found for function call output with call_id ${id}.`, param: 'input' };
}

function findOrderProblem(item: JsonObject, next: JsonObject): OpenAiProblem | undefined {
  if (item['type'] !== 'reasoning') return undefined;
  const name = String(item['id']);
  const encrypted = stringOf(item['encrypted_content']);
  if (encrypted === undefined) {
    return { message: `Item with id '${name}' not found.`, param: 'input' };
  }
  if (!isSignedReasoning(encrypted)) {
    const message = `The encrypted content for item ${name} could not be verified.`;
    return { message, param: null, code: 'invalid_encrypted_content' };
  }
  const isFollowed = next['role'] === 'assistant' || next['type'] === 'function_call';
  return isFollowed
    ? undefined
    : {
        message: `Item '${name}' of type 'reasoning' was provided without its required following item.`,
        param: 'input',
      };
}
