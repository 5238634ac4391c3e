import { isClaude } from './capabilities/index.ts';
import { refuseThread } from './endpoints/messages/refuse-thread.ts';
import { TranslationError } from './errors.ts';
import type {
  ClientRequest,
  CreateTranslator,
  Endpoint,
  TranslationContext,
  Translator,
  Upstream,
  UpstreamTarget,
} from './translator.ts';
import { anthropic } from './upstreams/anthropic/index.ts';
import { awsAnthropic } from './upstreams/aws-anthropic/index.ts';
import { awsBedrock } from './upstreams/aws-bedrock/index.ts';
import { openai } from './upstreams/openai/index.ts';

/** Every kind of backend that is served. */
export const upstreams = [anthropic, awsAnthropic, awsBedrock, openai] as const satisfies readonly Upstream[];

const bySchema: ReadonlyMap<string, Upstream> = new Map(
  upstreams.map((upstream) => [upstream.schema, upstream]),
);

const endpointNames: Readonly<Record<Endpoint, string>> = {
  chatCompletions: 'chat completions',
  completions: 'completions',
  embeddings: 'embeddings',
  responses: 'responses',
  messages: 'messages',
  countTokens: 'token counting',
};

/**
 * The translator of one attempt.
 * @throws TranslationError `unsupported_endpoint` when the backend does not serve the endpoint, and what the translation throws.
 */
export function createTranslator(
  request: ClientRequest,
  target: UpstreamTarget,
  context: TranslationContext,
): Translator {
  const create = resolveTranslator(request, target);
  if (request.endpoint === 'messages' && target.schema.name !== 'Anthropic') refuseThread(request);
  return create(request, target, context);
}

function resolveTranslator(request: ClientRequest, target: UpstreamTarget): CreateTranslator {
  const { endpoint } = request;
  const upstream = bySchema.get(speaksAnthropic(request, target) ? 'AWSAnthropic' : target.schema.name);
  const create = upstream?.endpoints[endpoint];
  if (create) return create;
  const served = upstream ? ` (it serves ${listEndpoints(upstream)})` : '';
  const backend = `a backend of schema ${target.schema.name}${served}`;
  throw new TranslationError(
    'unsupported_endpoint',
    `${sentence(endpointNames[endpoint])} cannot be sent to ${backend}`,
  );
}

/** Claude on Bedrock takes Anthropic's own requests by InvokeModel, without loss. */
function speaksAnthropic({ endpoint, model }: ClientRequest, target: UpstreamTarget): boolean {
  if (target.schema.name !== 'AWSBedrock' || (endpoint !== 'messages' && endpoint !== 'countTokens'))
    return false;
  if (target.messagesVia !== 'Auto') return target.messagesVia === 'InvokeModel';
  return isClaude(target, target.modelNameOverride || model);
}

function listEndpoints({ endpoints }: Upstream): string {
  const served = Object.entries(endpointNames).filter(([endpoint]) => Object.hasOwn(endpoints, endpoint));
  return served.map(([, name]) => name).join(', ');
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
