import { elementsOf, isJsonObject, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** Members that each kind of content block must have. */
const requiredMembers: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  image: ['source'],
  document: ['source'],
  tool_use: ['id', 'name', 'input'],
  tool_result: ['tool_use_id'],
  thinking: ['thinking', 'signature'],
  redacted_thinking: ['data'],
  search_result: ['source', 'title', 'content'],
  server_tool_use: ['id', 'name', 'input'],
  web_search_tool_result: ['tool_use_id', 'content'],
  tool_reference: ['tool_name'],
};

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** Finds empty or malformed content in `system` and `messages`. */
export function findContentProblem(body: JsonObject, messages: readonly JsonObject[]): string | undefined {
  return findSystemProblem(body['system']) ?? findFirst(messages, findMessageContentProblem(messages.length));
}

function findFirst<T>(
  items: readonly T[],
  find: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const problem = find(item, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findSystemProblem(system: unknown): string | undefined {
  if (system === undefined || typeof system === 'string') return undefined;
  if (!Array.isArray(system)) return 'system: Input should be a valid list';
  return findFirst(elementsOf(system), (block, index) => {
    if (objectOf(block)['type'] !== 'text') return `system.${index}.type: Input should be 'text'`;
    return objectOf(block)['text'] === '' ? 'system: text content blocks must be non-empty' : undefined;
  });
}

function findMessageContentProblem(count: number): (message: JsonObject, at: number) => string | undefined {
  return ({ role, content }, at) => {
    const isPrefill = role === 'assistant' && at === count - 1;
    if (content === undefined) return `messages.${at}.content: Field required`;
    if (typeof content !== 'string' && !Array.isArray(content)) {
      return `messages.${at}.content: Input should be a valid list`;
    }
    if (content.length === 0 && !isPrefill) {
      return `messages.${at}: all messages must have non-empty content except for the optional final assistant message`;
    }
    if (isPrefill && endsInSpace(content)) {
      return 'messages: final assistant content cannot end with trailing whitespace';
    }
    return findFirst(elementsOf(content), (block, index) =>
      findBlockProblem(block, `messages.${at}.content.${index}`),
    );
  };
}

function endsInSpace(content: unknown): boolean {
  const text = typeof content === 'string' ? content : stringOf(objectOf(elementsOf(content).at(-1))['text']);
  return text !== undefined && text !== text.trimEnd();
}

function findBlockProblem(block: unknown, path: string): string | undefined {
  if (!isJsonObject(block)) return `${path}: Input should be a valid dictionary`;
  const type = stringOf(block['type']);
  if (type === undefined) return `${path}.type: Field required`;
  const required = Object.hasOwn(requiredMembers, type) ? requiredMembers[type] : undefined;
  if (!required) {
    const expected = Object.keys(requiredMembers).map((name) => `'${name}'`);
    return `${path}: Input tag '${type}' found using 'type' does not match any of the expected tags: ${expected.join(', ')}`;
  }
  const missing = required.find((member) => block[member] === undefined);
  if (missing !== undefined) return `${path}.${type}.${missing}: Field required`;
  return findTypedProblem(type, block, path);
}

function findTypedProblem(type: string, block: JsonObject, path: string): string | undefined {
  switch (type) {
    case 'text':
      return findTextProblem(block, path);
    case 'image':
      return findImageProblem(block, path);
    case 'tool_use':
      return findToolUseProblem(block, path);
    case 'tool_result':
      return findFirst(elementsOf(block['content']), (part, index) =>
        findBlockProblem(part, `${path}.tool_result.content.${index}`),
      );
    default:
      return undefined;
  }
}

function findTextProblem({ text }: JsonObject, path: string): string | undefined {
  if (typeof text !== 'string') return `${path}.text.text: Input should be a valid string`;
  if (text === '') return 'messages: text content blocks must be non-empty';
  return text.trim() === '' ? 'messages: text content blocks must contain non-whitespace text' : undefined;
}

function findImageProblem(block: JsonObject, path: string): string | undefined {
  const source = objectOf(block['source']);
  if (source['type'] !== 'base64') return undefined;
  if (!imageTypes.includes(stringOf(source['media_type']) ?? '')) {
    return `${path}.image.source.base64.media_type: Input should be ${imageTypes.map((type) => `'${type}'`).join(', ')}`;
  }
  const data = stringOf(source['data']);
  const isBase64 = data !== undefined && data !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(data);
  return isBase64 ? undefined : `${path}.image.source.base64.data: Input should be valid base64`;
}

function findToolUseProblem({ id, input }: JsonObject, path: string): string | undefined {
  if (typeof id !== 'string' || !/^[a-zA-Z0-9_-]+$/.test(id)) {
    return `${path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`;
  }
  return isJsonObject(input) ? undefined : `${path}.tool_use.input: Input should be a valid dictionary`;
}
