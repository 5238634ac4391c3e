import type { Dialect, Endpoint } from '@aigw/translator';

/** What a path asks for. */
export type Target =
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint; readonly dialect: Dialect }
  | { readonly kind: 'models'; readonly dialect: Dialect; readonly modelId: string | undefined }
  /** `meant` is the served path that it resembles: a base URL lacks `/v1`, has it twice, or has another prefix. */
  | { readonly kind: 'unknown'; readonly dialect: Dialect; readonly meant?: string };

/** Prefixes of the registered paths, such as `/anthropic`; `/` or nothing for none. */
export interface EndpointPrefixes {
  readonly root: string;
  readonly openai: string;
  readonly anthropic: string;
}

/** Finds the target of a `:path`, whatever its query and with or without a slash at the end. */
export type FindTarget = (path: string) => Target;

const openaiEndpoints: Readonly<Record<string, Endpoint>> = {
  '/v1/chat/completions': 'chatCompletions',
  '/v1/completions': 'completions',
  '/v1/embeddings': 'embeddings',
  '/v1/responses': 'responses',
};

const anthropicEndpoints: Readonly<Record<string, Endpoint>> = {
  '/v1/messages': 'messages',
  '/v1/messages/count_tokens': 'countTokens',
};

/** The paths of both APIs; Anthropic's are served under its own prefix and beside OpenAI's. */
export function createEndpointTable({ root, openai, anthropic }: EndpointPrefixes): FindTarget {
  const openaiBase = joinPrefixes(root, openai);
  const anthropicBase = joinPrefixes(root, anthropic);
  const targets = new Map<string, Target>();
  const register = (base: string, endpoints: Readonly<Record<string, Endpoint>>, dialect: Dialect): void => {
    for (const [path, endpoint] of Object.entries(endpoints)) {
      targets.set(base + path, { kind: 'endpoint', endpoint, dialect });
    }
  };
  register(openaiBase, anthropicEndpoints, 'anthropic');
  register(openaiBase, openaiEndpoints, 'openai');
  register(anthropicBase, anthropicEndpoints, 'anthropic');

  return (path) => {
    const plain = normalize(path);
    return (
      targets.get(plain) ??
      findModels(plain, `${anthropicBase}/v1/models`, 'anthropic', anthropicBase !== openaiBase) ??
      findModels(plain, `${openaiBase}/v1/models`, 'openai', true) ?? {
        kind: 'unknown',
        dialect: guessDialect(plain, anthropicBase, anthropicBase !== openaiBase),
        ...findMeant(plain, [...targets.keys(), `${openaiBase}/v1/models`]),
      }
    );
  };
}

function joinPrefixes(...prefixes: readonly string[]): string {
  const segments = prefixes.flatMap((prefix) => prefix.split('/')).filter((segment) => segment !== '');
  return segments.map((segment) => `/${segment}`).join('');
}

function normalize(path: string): string {
  const end = path.search(/[?#]/);
  const plain = end < 0 ? path : path.slice(0, end);
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain;
}

function findModels(plain: string, base: string, dialect: Dialect, isOwn: boolean): Target | undefined {
  if (!isOwn) return undefined;
  if (plain === base) return { kind: 'models', dialect, modelId: undefined };
  if (!plain.startsWith(`${base}/`)) return undefined;
  return { kind: 'models', dialect, modelId: decode(plain.slice(base.length + 1)) };
}

/** Longer paths are no slips of the hand. */
const maxMistakenLength = 256;

/** The longest served path of which the path ends with all but `/v1`. */
function findMeant(plain: string, served: readonly string[]): { readonly meant?: string } {
  if (plain.length > maxMistakenLength) return {};
  const tail = withoutVersion(plain.toLowerCase()).replace(/\/+$/, '');
  const [meant] = served
    .filter((path) => tail.endsWith(withoutVersion(path)))
    .sort((a, b) => b.length - a.length);
  return meant === undefined ? {} : { meant };
}

function withoutVersion(path: string): string {
  return path.replaceAll(/\/v1(?=\/|$)/g, '');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function guessDialect(plain: string, anthropicBase: string, isOwnPrefix: boolean): Dialect {
  const isUnderPrefix = isOwnPrefix && (plain === anthropicBase || plain.startsWith(`${anthropicBase}/`));
  return isUnderPrefix || /\/v1\/messages(\/|$)/.test(plain) ? 'anthropic' : 'openai';
}
