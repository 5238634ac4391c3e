import { TranslationError } from '../../../errors.ts';
import { listOf, objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { JsonObject, JsonPath, JsonValue } from '../../../wire/json-document.ts';
import { serverToolBlocks, toolSearchBeta } from '../../../capabilities/index.ts';
import { noteBreakpoint } from './edit-cache-control.ts';
import { dropAt, formatPath, removeAt, setAt, type EditContext } from './edit-context.ts';

/** Brings system prompt and messages into the form that Bedrock takes; `tool_use.input` is never looked into. */
export function editContent(context: EditContext): void {
  editBlocks(context, context.root['system'], ['system']);
  listOf(context.root['messages']).forEach((message, index) => {
    const value = objectOf(message);
    if (value) editMessage(context, value, ['messages', index]);
  });
}

function editMessage(context: EditContext, message: JsonObject, path: JsonPath): void {
  if (message['role'] === 'system' && !hasMidConversationSystem(context)) {
    promoteSystem(context, message, path);
    return;
  }
  dropForeignKey(context, message, path);
  const blocks = listOf(message['content']);
  const refusals = blocks.map((block) => blockRefusal(context, objectOf(block)));
  if (blocks.length > 0 && refusals.every((refusal) => refusal !== undefined)) {
    dropAt(context, path, 'nothing is left of its content');
    return;
  }
  editBlocks(context, message['content'], [...path, 'content']);
}

function editBlocks(context: EditContext, content: JsonValue | undefined, path: JsonPath): void {
  listOf(content).forEach((element, index) => {
    const block = objectOf(element);
    if (block) editBlock(context, block, [...path, index]);
  });
}

function editBlock(context: EditContext, block: JsonObject, path: JsonPath): void {
  const refusal = blockRefusal(context, block);
  if (refusal !== undefined) {
    dropAt(context, path, refusal);
    return;
  }
  if (block['type'] === 'tool_reference' && !context.betas.has(toolSearchBeta)) {
    nameFoundTool(context, block, path);
    return;
  }
  dropForeignKey(context, block, path);
  const source = objectOf(block['source']);
  if (source) {
    refuseRemoteSource(source, path);
    editBlocks(context, source['content'], [...path, 'source', 'content']);
  }
  if (block['type'] === 'tool_result') editBlocks(context, block['content'], [...path, 'content']);
  noteBreakpoint(context, block, path);
}

/** Why a block of the history cannot be sent; undefined when it can. */
function blockRefusal(context: EditContext, block: JsonObject | undefined): string | undefined {
  const type = block?.['type'];
  if (isOfServerTool(block ?? {}))
    return 'it belongs to a tool that Anthropic runs, which Bedrock does not have';
  if (type !== 'thinking' && type !== 'redacted_thinking') return undefined;
  if (!context.capabilities.acceptsThinking) return 'model has no thinking';
  const isSigned = (stringOf(block?.['signature']) ?? '') !== '';
  return type === 'thinking' && !isSigned ? 'thinking without a signature is refused' : undefined;
}

function isOfServerTool(block: JsonObject): boolean {
  const type = stringOf(block['type']) ?? '';
  const kind = type === 'server_tool_use' ? `${type}:${stringOf(block['name']) ?? ''}` : type;
  return serverToolBlocks.some((pattern) => pattern.test(kind));
}

/** A tool that a search of the client found: where search is unknown all tools are sent anyway, so its name says as much. */
function nameFoundTool(context: EditContext, block: JsonObject, path: JsonPath): void {
  const text = stringOf(block['tool_name']);
  if (text === undefined || text === '') {
    const param = formatPath([...path, 'tool_name']);
    throw new TranslationError('invalid_request', `${param} must be the name of a tool`, { param });
  }
  context.warnings.change(
    formatPath(path),
    `sent as text: a tool_reference needs the beta ${toolSearchBeta}`,
  );
  setAt(context, path, JSON.stringify({ type: 'text', text }));
}

/** Left behind by client libraries that speak to several providers. */
function dropForeignKey(context: EditContext, holder: JsonObject, path: JsonPath): void {
  const key = 'provider_specific_fields';
  if (Object.hasOwn(holder, key)) dropAt(context, [...path, key], 'the Messages API has no such field');
}

/** Bedrock fetches nothing. */
function refuseRemoteSource(source: JsonObject, path: JsonPath): void {
  const type = source['type'];
  if (type !== 'url' && type !== 'file') return;
  const message = `${formatPath(path)} has a source of type "${type}", which Bedrock cannot read: send the data as base64`;
  throw new TranslationError('unsupported_parameter', message, { param: formatPath(path) });
}

function hasMidConversationSystem(context: EditContext): boolean {
  return [...context.betas].some((beta) => beta.startsWith('mid-conversation-'));
}

function promoteSystem(context: EditContext, message: JsonObject, path: JsonPath): void {
  removeAt(context, path);
  const { content } = message;
  const texts = typeof content === 'string' ? [content] : listOf(content).flatMap(textOfBlock);
  context.systemBlocks.push(...texts.map((text) => JSON.stringify({ type: 'text', text })));
  context.warnings.change(
    formatPath(path),
    'system messages within the conversation moved to the system prompt',
  );
}

function textOfBlock(block: JsonValue): string[] {
  const text = stringOf(objectOf(block)?.['text']);
  return text === undefined ? [] : [text];
}
