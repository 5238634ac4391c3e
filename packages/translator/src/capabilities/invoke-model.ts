import { isInRange } from './capabilities-of.ts';
import { claudeVersion } from './model-id.ts';
import type { ClaudeRow, ModelCapabilities } from './model-capabilities.ts';

/** The search for tools, with `defer_loading` in their definitions and `tool_reference` in its results. */
export const toolSearchBeta = 'tool-search-tool-2025-10-19';

/** A beta that InvokeModel takes, and from which Claude version to which. `*` in a name stands for any text. */
interface BetaRow extends Partial<Pick<ClaudeRow, 'since' | 'until' | 'tiers'>> {
  readonly name: string;
}

/**
 * Betas of the Claude models on Bedrock; any other makes Bedrock refuse the whole request with `invalid beta flag`.
 * A beta that has become part of a later model needs no flag there, hence `until`.
 *
 * Sources: Amazon Bedrock user guide, "Anthropic Claude Messages API: request and response" (`anthropic_beta`), and what
 * clients report Bedrock to refuse.
 */
const betaRows: readonly BetaRow[] = [
  { name: 'computer-use-2024-10-22', since: [3, 5], until: [3, 5], tiers: ['sonnet'] },
  { name: 'computer-use-2025-01-24', since: [3, 7], until: [4, 5] },
  { name: 'computer-use-2025-11-24', since: [4, 5] },
  { name: 'token-efficient-tools-2025-02-19', since: [3, 7], until: [3, 7] },
  { name: 'output-128k-2025-02-19', since: [3, 7], until: [3, 7] },
  { name: 'interleaved-thinking-2025-05-14', since: [4, 0], until: [4, 5] },
  { name: 'dev-full-thinking-2025-05-14', since: [4, 0], until: [4, 5] },
  { name: 'fine-grained-tool-streaming-2025-05-14', since: [4, 0] },
  { name: 'context-1m-2025-08-07', since: [4, 0], tiers: ['sonnet'] },
  { name: 'context-1m-2025-08-07', since: [4, 6] },
  { name: 'context-management-2025-06-27', since: [4, 5] },
  { name: 'effort-2025-11-24', since: [4, 5], until: [4, 6] },
  { name: toolSearchBeta, since: [4, 5] },
  { name: 'tool-examples-2025-10-29', since: [4, 5] },
  { name: 'structured-outputs-2025-11-13', since: [4, 5] },
  { name: 'compact-2026-01-12', since: [4, 6] },
  { name: 'mid-conversation-*-2026-07-01', since: [4, 7] },
  { name: 'thinking-binding-controls-2026-08-01', since: [4, 7] },
  { name: 'thinking-display-updates-2026-08-18', since: [4, 7] },
  { name: 'dangerous-tool-use-2026-09-03', since: [4, 7] },
];

/** Betas that Bedrock knows under another name. */
const betaAliases: ReadonlyMap<string, string> = new Map([['advanced-tool-use-2025-11-20', toolSearchBeta]]);

/**
 * The name under which InvokeModel takes `beta` for the model; undefined when it does not. Configuration has the last word.
 * For a Claude model of unknown version every beta that some model takes is let through.
 */
export function invokeModelBeta(
  { id, invokeModel }: Pick<ModelCapabilities, 'id' | 'invokeModel'>,
  beta: string,
): string | undefined {
  const name = betaAliases.get(beta) ?? beta;
  const { extraBetas = [], refusedBetas = [] } = invokeModel;
  if (refusedBetas.includes(beta) || refusedBetas.includes(name)) return undefined;
  if (extraBetas.includes(beta)) return beta;
  const version = claudeVersion(id);
  const isTaken = betaRows.some(
    (row) => matches(row.name, name) && (!version || isInRange(version, { since: [0, 0], ...row })),
  );
  return isTaken || extraBetas.includes(name) ? name : undefined;
}

function matches(pattern: string, name: string): boolean {
  const [start = '', end] = pattern.split('*');
  return end === undefined
    ? name === pattern
    : name.startsWith(start) && name.endsWith(end) && name.length > pattern.length - 1;
}

/**
 * Top-level fields of an InvokeModel body for Claude; others are answered with `Extra inputs are not permitted`.
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
const invokeModelFields: ReadonlySet<string> = new Set([
  'anthropic_version',
  'anthropic_beta',
  'max_tokens',
  'messages',
  'system',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'tools',
  'tool_choice',
  'thinking',
  'metadata',
  'output_config',
  'safeguards',
  'context_management',
]);

/** True when InvokeModel takes the top-level field for the model. */
export function isInvokeModelField(
  { invokeModel }: Pick<ModelCapabilities, 'invokeModel'>,
  field: string,
): boolean {
  return invokeModelFields.has(field) || (invokeModel.extraBodyFields ?? []).includes(field);
}

/** Edits of `context_management` that Bedrock takes, with the beta that each needs. */
export const contextManagementEdits: ReadonlyMap<string, string> = new Map([
  ['clear_tool_uses_20250919', 'context-management-2025-06-27'],
  ['compact_20260112', 'compact-2026-01-12'],
]);

/** Keys of a tool definition that need a beta on Bedrock; without it they are left out. */
export const toolKeyBetas: ReadonlyMap<string, string> = new Map([
  ['defer_loading', toolSearchBeta],
  ['input_examples', 'tool-examples-2025-10-29'],
]);

/** Keys of a tool definition that Bedrock never takes. */
export const refusedToolKeys: ReadonlySet<string> = new Set(['eager_input_streaming', 'allowed_callers']);

/** Types of tools that Anthropic runs itself, without their date; Bedrock has none of them. */
export const serverTools: readonly string[] = [
  'web_search',
  'web_fetch',
  'code_execution',
  'mcp_toolset',
  'advisor',
];

/** Blocks that tools of Anthropic's servers leave in the history, by type; `server_tool_use` goes by the name of its tool. */
export const serverToolBlocks: readonly RegExp[] = [
  /^mcp_tool_(?:use|result)$/,
  /^container_upload$/,
  /^(?:web_search|web_fetch|advisor|(?:\w+_)?code_execution)_tool_result$/,
  /^server_tool_use:(?:web_search|web_fetch|advisor|(?:\w+_)?code_execution)$/,
];
