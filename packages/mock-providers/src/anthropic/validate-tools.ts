import { elementsOf, isJsonObject, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

const namePattern = /^[a-zA-Z0-9_-]{1,128}$/;

/** Finds malformed tool definitions and choices of tools that do not exist. */
export function findToolProblem(body: JsonObject): string | undefined {
  const tools = elementsOf(body['tools']).map(objectOf);
  for (const [index, tool] of tools.entries()) {
    const problem = isCustomTool(tool) ? findCustomToolProblem(tool, `tools.${index}.custom`) : undefined;
    if (problem !== undefined) return problem;
  }
  const names = tools.map(({ name }) => name);
  if (new Set(names).size < names.length) return 'tools: Tool names must be unique.';
  return findChoiceProblem(body['tool_choice'], names);
}

/** True for a tool of the caller, false for one that the provider runs itself. */
export function isCustomTool(tool: JsonObject): boolean {
  return tool['type'] === undefined || tool['type'] === 'custom';
}

function findCustomToolProblem(tool: JsonObject, path: string): string | undefined {
  const name = stringOf(tool['name']);
  if (name === undefined) return `${path}.name: Field required`;
  if (!namePattern.test(name)) return `${path}.name: String should match pattern '${namePattern.source}'`;
  if (!isJsonObject(tool['input_schema'])) return `${path}.input_schema: Field required`;
  if (tool['input_schema']['type'] !== 'object') return `${path}.input_schema.type: Input should be 'object'`;
  return undefined;
}

function findChoiceProblem(choice: unknown, names: readonly unknown[]): string | undefined {
  if (choice === undefined) return undefined;
  const { type, name } = objectOf(choice);
  if (!['auto', 'any', 'tool', 'none'].includes(stringOf(type) ?? '')) {
    return `tool_choice: Input tag '${String(type)}' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'`;
  }
  if (names.length === 0 && type !== 'none') {
    return 'tool_choice may only be specified while providing tools';
  }
  if (type === 'tool' && !names.includes(name)) return `Tool '${String(name)}' not found in provided tools`;
  return undefined;
}
