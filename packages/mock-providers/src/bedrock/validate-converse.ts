import { elementsOf, isJsonObject, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { modelTraits } from '../model-ids.ts';
import type { ModelTraits } from '../model-ids.ts';
import { findAdditionalFieldProblem } from './validate-additional-fields.ts';
import { findThinkingProblem } from './validate-converse-thinking.ts';
import { findToolTurnProblem } from './validate-tool-turns.ts';

const maxCachePoints = 4;

/** Finds what Bedrock itself refuses in a Converse request of the right shape: the text of its ValidationException. */
export function validateConverse(body: JsonObject, modelId: string): string | undefined {
  const messages = elementsOf(body['messages']).map(objectOf);
  const traits = modelTraits(modelId);
  return (
    findOrderProblem(messages) ??
    findContentProblem(messages) ??
    findSystemProblem(body) ??
    findToolConfigProblem(body) ??
    findToolTurnProblem(messages, isJsonObject(body['toolConfig'])) ??
    findCachePointProblem(body, messages, traits) ??
    findAdditionalFieldProblem(body, traits) ??
    findThinkingProblem(body, messages, traits)
  );
}

/** The content blocks of a message. */
export function contentOf(message: JsonObject): readonly JsonObject[] {
  return elementsOf(message['content']).map(objectOf);
}

function findOrderProblem(messages: readonly JsonObject[]): string | undefined {
  if (messages.length === 0) {
    return 'The messages field is empty. A conversation must start with a user message. Add a message and try again.';
  }
  if (messages[0]?.['role'] !== 'user') {
    return 'A conversation must start with a user message. Try again with a conversation that starts with a user message.';
  }
  const isAlternating = messages.every(({ role }, index) => role !== messages[index - 1]?.['role']);
  if (!isAlternating) {
    return 'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.';
  }
  return undefined;
}

function findContentProblem(messages: readonly JsonObject[]): string | undefined {
  for (const [at, message] of messages.entries()) {
    const content = contentOf(message);
    if (content.length === 0) {
      return `The content field in the Message object at messages.${at} is empty. Add a ContentBlock object to the content field and try again.`;
    }
    for (const [index, block] of content.entries()) {
      const problem = findBlockProblem(block, `messages.${at}.content.${index}`);
      if (problem !== undefined) return problem;
    }
    const documents = findDocumentProblem(content, at);
    if (documents !== undefined) return documents;
  }
  return undefined;
}

function findBlockProblem(block: JsonObject, path: string): string | undefined {
  if (isBlank(block['text'])) return blankText('ContentBlock', path);
  const result = objectOf(block['toolResult']);
  const blank = elementsOf(result['content']).findIndex((part) => isBlank(objectOf(part)['text']));
  if (blank >= 0) return blankText('ContentBlock', `${path}.toolResult.content.${blank}`);
  if (isJsonObject(block['toolUse']) && !isJsonObject(block['toolUse']['input'])) {
    return `The format of the value at ${path}.toolUse.input is invalid. Provide a json object for the field and try again.`;
  }
  return undefined;
}

function isBlank(text: unknown): boolean {
  return typeof text === 'string' && text.trim() === '';
}

function blankText(object: string, path: string): string {
  return `The text field in the ${object} object at ${path} is blank. Add text to the text field, and try again.`;
}

function findDocumentProblem(content: readonly JsonObject[], at: number): string | undefined {
  const documents = content.flatMap((block) => (isJsonObject(block['document']) ? [block['document']] : []));
  if (documents.length === 0) return undefined;
  const names = documents.map((document) => stringOf(document['name']) ?? '');
  if (!names.every((name) => /^[A-Za-z0-9\s\-()[\]]+$/.test(name) && !/\s\s/.test(name))) {
    return "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character. Edit the name and try again.";
  }
  if (new Set(names).size < names.length) {
    return `The document names at messages.${at} contain a duplicate. Give each document its own name and try again.`;
  }
  if (!content.some((block) => typeof block['text'] === 'string')) {
    return `The Message object at messages.${at} has a document but no text. Add a text field beside the document and try again.`;
  }
  return undefined;
}

function findSystemProblem(body: JsonObject): string | undefined {
  const blank = elementsOf(body['system']).findIndex((block) => isBlank(objectOf(block)['text']));
  return blank < 0 ? undefined : blankText('SystemContentBlock', `system.${blank}`);
}

function findToolConfigProblem(body: JsonObject): string | undefined {
  const config = objectOf(body['toolConfig']);
  const specs = elementsOf(config['tools']).map((tool) => objectOf(objectOf(tool)['toolSpec']));
  const names = specs.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  const forced = stringOf(objectOf(objectOf(config['toolChoice'])['tool'])['name']);
  if (new Set(names).size < names.length) {
    return `The toolConfig field at toolConfig.tools contains duplicate tool names. Rename one and try again.`;
  }
  if (forced !== undefined && !names.includes(forced)) {
    return `The provided tool name ${forced} in toolConfig.toolChoice.tool does not match any tool of toolConfig.tools.`;
  }
  const bare = specs.findIndex(
    (spec) => isJsonObject(spec['inputSchema']) && !isObjectSchema(spec['inputSchema']),
  );
  if (bare >= 0) {
    return `The value at toolConfig.tools.${bare}.toolSpec.inputSchema.json.type must be one of the following: object.`;
  }
  return undefined;
}

function isObjectSchema(inputSchema: JsonObject): boolean {
  return objectOf(inputSchema['json'])['type'] === 'object';
}

function findCachePointProblem(
  body: JsonObject,
  messages: readonly JsonObject[],
  traits: ModelTraits,
): string | undefined {
  const places = [
    ...elementsOf(objectOf(body['toolConfig'])['tools']),
    ...elementsOf(body['system']),
    ...messages.flatMap(contentOf),
  ];
  const points = places.flatMap((place) => {
    const point = objectOf(place)['cachePoint'];
    return isJsonObject(point) ? [point] : [];
  });
  if (points.length === 0) return undefined;
  if (!traits.canCache || (!traits.canCacheForHour && points.some(({ ttl }) => ttl === '1h'))) {
    return 'You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.';
  }
  if (points.length > maxCachePoints) {
    return `A maximum of ${maxCachePoints} blocks with cachePoint may be provided. Found ${points.length}.`;
  }
  return undefined;
}
