import { mapServiceTier } from '../../../bedrock/map-service-tier.ts';
import { capabilitiesOf } from '../../../capabilities/index.ts';
import { TranslationError } from '../../../errors.ts';
import { objectOf, stringOf } from '../../../schemas/json-fields.ts';
import type { ClientRequest, UpstreamTarget } from '../../../translator.ts';
import type { WarningCollector } from '../../../warnings.ts';
import { isJsonObject, parseJsonDocument, type JsonObject } from '../../../wire/json-document.ts';
import { spliceJson } from '../../../wire/json-splice.ts';
import { upstreamModel } from '../../anthropic/endpoint-path.ts';
import { invokeModelVersion, maxInvokeBodyBytes } from '../invoke-limits.ts';
import { editBreakpoints } from './edit-cache-control.ts';
import { collectBetas } from './edit-betas.ts';
import { editContent } from './edit-content.ts';
import { setAt, type EditContext } from './edit-context.ts';
import { editTopLevel } from './edit-fields.ts';
import { editTools } from './edit-tools.ts';

/** A body for InvokeModel and what goes beside it. */
export interface InvokeBody {
  readonly body: Uint8Array;
  /** Value of the service tier header, where one is needed. */
  readonly serviceTier: string | undefined;
}

/**
 * The client's Messages body as InvokeModel takes it. Only what has to change is cut out of or spliced into the client's bytes.
 * `maxTokens` stands in for a missing `max_tokens`, or what is just enough for the thinking; without it that is an error.
 * @throws TranslationError that names the field at fault.
 */
export function buildInvokeBody(
  request: ClientRequest,
  target: UpstreamTarget,
  warnings: WarningCollector,
  maxTokens?: number,
): InvokeBody {
  const context = createContext(request, target, warnings);
  collectBetas(context, request.headers.get('anthropic-beta'));
  editTopLevel(context);
  setMaxTokens(context, maxTokens);
  editTools(context);
  editContent(context);
  editBreakpoints(context);
  setVersion(context, target);
  setBetas(context);
  const body = appendSystem(spliceJson(context.document, context.edits), context.systemBlocks);
  if (body.length > maxInvokeBodyBytes) {
    throw new TranslationError(
      'request_too_large',
      `Bedrock takes bodies of up to ${maxInvokeBodyBytes} bytes`,
    );
  }
  return { body, serviceTier: mapServiceTier(stringOf(context.root['service_tier']), warnings) };
}

function createContext(
  request: ClientRequest,
  target: UpstreamTarget,
  warnings: WarningCollector,
): EditContext {
  const { document } = request;
  return {
    document,
    root: rootOf(document.value),
    // What goes to InvokeModel in this form is Claude, even behind an ARN that does not say so.
    capabilities: capabilitiesOf({ ...target, modelFamily: 'claude' }, upstreamModel(target, request.model)),
    warnings,
    edits: [],
    betas: new Set(),
    breakpoints: [],
    systemBlocks: [],
  };
}

function rootOf(value: ClientRequest['document']['value']): JsonObject {
  if (isJsonObject(value)) return value;
  throw new TranslationError('invalid_request', 'The body must be a JSON object');
}

function setMaxTokens(context: EditContext, maxTokens: number | undefined): void {
  if ((context.root['max_tokens'] ?? undefined) !== undefined) return;
  if (maxTokens === undefined) {
    const message = 'max_tokens is missing: say how many tokens the answer may have';
    throw new TranslationError('invalid_request', message, { param: 'max_tokens' });
  }
  setAt(context, ['max_tokens'], String(Math.max(maxTokens, thinkingBudgetOf(context) + 1)));
}

/** Tokens set aside for thinking; the limit has to be larger. */
function thinkingBudgetOf({ root, capabilities }: EditContext): number {
  const budget = objectOf(root['thinking'])?.['budget_tokens'];
  return capabilities.acceptsThinking && typeof budget === 'number' && Number.isSafeInteger(budget)
    ? budget
    : 0;
}

/** The backend's version, else the client's where it is one of Bedrock's, else the default. */
function setVersion(context: EditContext, target: UpstreamTarget): void {
  const own = stringOf(context.root['anthropic_version']);
  const version = target.schema.version || (own?.startsWith('bedrock-') ? own : invokeModelVersion);
  if (version !== own) setAt(context, ['anthropic_version'], JSON.stringify(version));
}

function setBetas(context: EditContext): void {
  const { betas, root, document, edits } = context;
  const text = JSON.stringify([...betas]);
  if (betas.size > 0 && document.rawAt(['anthropic_beta']) !== text) setAt(context, ['anthropic_beta'], text);
  if (betas.size === 0 && root['anthropic_beta'] !== undefined)
    edits.push({ path: ['anthropic_beta'], value: undefined });
}

/** Adds blocks to the system prompt, which may be absent, a string or a list. */
function appendSystem(body: Uint8Array, blocks: readonly string[]): Uint8Array {
  if (blocks.length === 0) return body;
  const document = parseJsonDocument(body);
  const system = isJsonObject(document.value) ? document.value['system'] : undefined;
  const own = Array.isArray(system)
    ? system.map((_, index) => document.rawAt(['system', index]) ?? 'null')
    : typeof system === 'string' && system.trim() !== ''
      ? [JSON.stringify({ type: 'text', text: system })]
      : [];
  return spliceJson(document, [{ path: ['system'], value: `[${[...own, ...blocks].join(',')}]` }]);
}
