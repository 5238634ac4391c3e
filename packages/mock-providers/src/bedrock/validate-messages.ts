import { isCustomTool } from '../anthropic/validate-tools.ts';
import { cacheMarksOf, validateMessages } from '../anthropic/validate-messages.ts';
import { elementsOf, isJsonObject, objectOf, stringOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { modelTraits } from '../model-ids.ts';
import { isBedrockBeta } from './bedrock-betas.ts';

const anthropicVersion = 'bedrock-2023-05-31';
/** And what the clients for Bedrock in Anthropic's own SDKs have sent there since their API version of that date. */
const anthropicVersions: readonly unknown[] = [anthropicVersion, '2026-10-21'];

/** Top-level fields that Claude on InvokeModel takes; a list means: only with one of these betas. */
const topLevelFields: Readonly<Record<string, readonly string[] | true>> = {
  anthropic_version: true,
  anthropic_beta: true,
  max_tokens: true,
  messages: true,
  system: true,
  stop_sequences: true,
  temperature: true,
  top_p: true,
  top_k: true,
  tools: true,
  tool_choice: true,
  thinking: true,
  metadata: true,
  output_config: true,
  safeguards: true,
  context_management: ['context-management-2025-06-27', 'compact-2026-01-12'],
};

/** Members of a tool definition, in the same way. */
const toolFields: Readonly<Record<string, readonly string[] | true>> = {
  type: true,
  name: true,
  description: true,
  input_schema: true,
  cache_control: true,
  strict: true,
  defer_loading: ['tool-search-tool-2025-10-19'],
  allowed_callers: ['tool-search-tool-2025-10-19'],
  input_examples: ['tool-examples-2025-10-29', 'tool-search-tool-2025-10-19'],
};

/** Tools that Bedrock knows beside the caller's own. */
const knownToolTypes = /^(?:bash|text_editor|computer|memory|tool_search_tool(?:_regex|_bm25)?)_\d{8}$/;

/** Finds what InvokeModel refuses in an Anthropic body: the text of its ValidationException. */
export function validateInvokeMessages(body: JsonObject, modelId: string): string | undefined {
  const betas = elementsOf(body['anthropic_beta']).map(String);
  return (
    findVersionProblem(body['anthropic_version']) ??
    findBetaProblem(body['anthropic_beta'], betas) ??
    findExtraField(body, topLevelFields, { betas, path: '' }) ??
    findToolFieldProblem(body, betas) ??
    findCacheControlProblem(body) ??
    findSourceProblem(body) ??
    findToolReferenceProblem(body, betas) ??
    validateMessages(body, modelTraits(modelId))
  );
}

function findVersionProblem(version: unknown): string | undefined {
  if (version === undefined) return 'anthropic_version: Field required';
  return anthropicVersions.includes(version)
    ? undefined
    : `anthropic_version: Input should be '${anthropicVersion}'`;
}

function findBetaProblem(field: unknown, betas: readonly string[]): string | undefined {
  if (field !== undefined && !Array.isArray(field)) return 'anthropic_beta: Input should be a valid list';
  return betas.every(isBedrockBeta) ? undefined : 'invalid beta flag';
}

function findExtraField(
  value: JsonObject,
  known: Readonly<Record<string, readonly string[] | true>>,
  { betas, path }: { readonly betas: readonly string[]; readonly path: string },
): string | undefined {
  const extra = Object.keys(value).find((name) => {
    const rule = Object.hasOwn(known, name) ? known[name] : [];
    return rule !== true && !rule?.some((beta) => betas.includes(beta));
  });
  return extra === undefined ? undefined : `${path}${extra}: Extra inputs are not permitted`;
}

function findToolFieldProblem(body: JsonObject, betas: readonly string[]): string | undefined {
  for (const [index, tool] of elementsOf(body['tools']).map(objectOf).entries()) {
    const type = stringOf(tool['type']) ?? 'custom';
    if (!isCustomTool(tool)) {
      if (knownToolTypes.test(type)) continue;
      return `tools.${index}: Input tag '${type}' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', 'memory_20250818', 'text_editor_20250124', 'text_editor_20250728'`;
    }
    const problem = findExtraField(tool, toolFields, { betas, path: `tools.${index}.custom.` });
    if (problem !== undefined) return problem;
    if ((stringOf(tool['name'])?.length ?? 0) > 64) {
      return `tools.${index}.custom.name: String should have at most 64 characters`;
    }
  }
  return undefined;
}

function findCacheControlProblem(body: JsonObject): string | undefined {
  for (const mark of cacheMarksOf(body)) {
    const extra = Object.keys(mark).find((name) => name !== 'type' && name !== 'ttl');
    if (extra !== undefined) return `cache_control.ephemeral.${extra}: Extra inputs are not permitted`;
  }
  return undefined;
}

/** Bedrock fetches nothing: images and documents come in the body. */
function findSourceProblem(body: JsonObject): string | undefined {
  for (const [at, message] of elementsOf(body['messages']).map(objectOf).entries()) {
    for (const [index, block] of elementsOf(message['content']).map(objectOf).entries()) {
      const source = block['source'];
      if (isJsonObject(source) && (source['type'] === 'url' || source['type'] === 'file')) {
        const tag = source['type'];
        return `messages.${at}.content.${index}.${String(block['type'])}.source: Input tag '${tag}' found using 'type' does not match any of the expected tags: 'base64', 'text', 'content'`;
      }
    }
  }
  return undefined;
}

/** Results of a tool search belong to its beta. */
function findToolReferenceProblem(body: JsonObject, betas: readonly string[]): string | undefined {
  if (betas.includes('tool-search-tool-2025-10-19')) return undefined;
  for (const [at, message] of elementsOf(body['messages']).map(objectOf).entries()) {
    for (const [index, block] of elementsOf(message['content']).map(objectOf).entries()) {
      const found = elementsOf(block['content']).findIndex(
        (part) => objectOf(part)['type'] === 'tool_reference',
      );
      if (found < 0) continue;
      return `messages.${at}.content.${index}.tool_result.content.${found}: Input tag 'tool_reference' found using 'type' does not match any of the expected tags: 'document', 'image', 'search_result', 'text'`;
    }
  }
  return undefined;
}
