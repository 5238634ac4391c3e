import { createTranslator } from '../registry.ts';
import type { UpstreamRequest, UpstreamTarget } from '../translator.ts';
import { jsonOf, testContext, testRequest, testTarget } from './run-translator.ts';

/** Models whose capabilities differ. */
export const models: Readonly<
  Record<'sonnet45' | 'sonnet35' | 'sonnet37' | 'opus46' | 'nova' | 'llama' | 'mistral', string>
> = {
  sonnet45: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  sonnet35: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
  sonnet37: 'anthropic.claude-3-7-sonnet-20250219-v1:0',
  opus46: 'anthropic.claude-opus-4-6-v1',
  nova: 'amazon.nova-pro-v1:0',
  llama: 'us.meta.llama3-2-1b-instruct-v1:0',
  mistral: 'mistral.mistral-large-2407-v1:0',
};

/** A block as it was sent; which member is there is what tests find out. */
export interface SentBlock {
  readonly text?: string;
  readonly toolUse?: { readonly toolUseId: string; readonly name: string; readonly input: unknown };
  readonly toolResult?: { readonly toolUseId: string; readonly content: readonly SentBlock[] };
  readonly document?: { readonly name: string };
}

/** A Converse request as it was sent; what is absent reads as undefined, whatever the types say. */
export interface SentConverse {
  readonly system: readonly SentBlock[];
  readonly messages: readonly { readonly role: string; readonly content: readonly SentBlock[] }[];
  readonly inferenceConfig: object;
  readonly toolConfig: {
    readonly tools: readonly { readonly toolSpec?: { readonly name: string } }[];
    readonly toolChoice?: unknown;
  };
  readonly outputConfig: {
    readonly textFormat: { type: string; structure: { jsonSchema: { schema: string } } };
  };
  readonly serviceTier?: unknown;
  readonly requestMetadata: object;
  readonly additionalModelRequestFields: Readonly<Record<string, unknown>>;
}

/** The user's message of most tests. */
export const hi = { role: 'user', content: 'hi' };
const bedrock = testTarget('AWSBedrock');

/** Sends a chat completion request to Bedrock. */
export function sendChat(body: object | string, target: UpstreamTarget = bedrock): UpstreamRequest {
  return createTranslator(testRequest('chatCompletions', body), target, testContext).request();
}

/** What Converse gets for a request to Sonnet 4.5 that says hi, with `more`. */
export function buildConverse(more: object, target?: UpstreamTarget): SentConverse {
  return jsonOf(sendChat({ model: models.sonnet45, messages: [hi], ...more }, target).body) as SentConverse;
}

/** The messages that Converse gets. */
export function convertMessages(...messages: unknown[]): SentConverse['messages'] {
  return buildConverse({ messages }).messages;
}

/** The names of the tools that Converse gets. */
export function toolNamesOf({ toolConfig }: SentConverse): string[] {
  return toolConfig.tools.map(({ toolSpec }) => toolSpec?.name ?? '');
}

/** Path and action of the warnings about a request with `more`. */
export function warningsOf(more: object): [path: string, action: string][] {
  const { warnings } = sendChat({ model: models.sonnet45, messages: [hi], ...more });
  return warnings.map(({ path, action }) => [path, action]);
}

/** A function tool. */
export function tool(name: string, more: object = {}): object {
  return { type: 'function', function: { name, ...more } };
}

/** A call of the history. */
export function call(id: string, name = 'f', args: unknown = '{}'): object {
  return { id, type: 'function', function: { name, arguments: args } };
}

/** A message of calls. */
export function assistant(...calls: object[]): object {
  return { role: 'assistant', content: null, tool_calls: calls };
}

/** The result of a call. */
export function result(id: string, content: unknown = 'ok', more: object = {}): object {
  return { role: 'tool', tool_call_id: id, content, ...more };
}

/** A user's message of one image. */
export function image(url: string): object {
  return { role: 'user', content: [{ type: 'image_url', image_url: { url } }] };
}

/** A file as a part of a message. */
export function file(fileData: string, filename?: string): object {
  return { type: 'file', file: { filename, file_data: fileData } };
}
