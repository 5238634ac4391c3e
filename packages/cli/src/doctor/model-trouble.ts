import type { Trouble } from './finding.ts';
import type { ProviderAnswer } from './send-request.ts';

/** What a provider says of a request that it refuses, in the words of any of them. */
export interface ProviderError {
  readonly status: number;
  /** The error's name: `AccessDeniedException`, `insufficient_quota`, `not_found_error`; empty when the answer has none. */
  readonly name: string;
  /** Its first line. */
  readonly message: string;
}

/** What a refusal means for the model: it works (`fine`), it works at another time (`later`), or not (`broken`). */
export type Verdict = { readonly kind: 'fine' } | (Trouble & { readonly kind: 'later' | 'broken' });

/** Reads the error of Bedrock (name in a header), Anthropic and OpenAI (an `error` object). */
export function readProviderError({ status, headers, body }: ProviderAnswer): ProviderError {
  const fields = parseObject(body);
  const inner = asObject(fields['error']);
  const header = headers['x-amzn-errortype'];
  const name = typeof header === 'string' ? header.split(':', 1)[0] : (inner['code'] ?? inner['type']);
  const message = inner['message'] ?? fields['message'] ?? fields['Message'];
  return { status, name: textOf(name), message: textOf(message).split('\n', 1)[0]?.slice(0, 200) ?? '' };
}

interface Rule {
  readonly matches: (error: ProviderError) => boolean;
  readonly kind: Verdict['kind'];
  readonly fix: string;
}

const named =
  (...names: string[]) =>
  ({ name }: ProviderError): boolean =>
    names.includes(name);
const says =
  (pattern: RegExp) =>
  ({ message }: ProviderError): boolean =>
    pattern.test(message);
const status =
  (...codes: number[]) =>
  ({ status: code }: ProviderError): boolean =>
    codes.includes(code);

/** The first rule that matches counts, so the narrow ones come first. */
const rules: readonly Rule[] = [
  // A model that thinks may need more than one token, and says so only once access is granted.
  { matches: says(/max_tokens or model output limit/), kind: 'fine', fix: '' },
  {
    matches: says(/on-demand throughput/i),
    kind: 'broken',
    fix: 'this model is only served through an inference profile: use its id with us., eu., apac. or global. in front (modelNameOverride), or a profile’s ARN',
  },
  {
    matches: says(/model identifier is invalid/i),
    kind: 'broken',
    fix: 'correct the model id (aws bedrock list-foundation-models), or use a region that has it',
  },
  {
    matches: says(/use case details/i),
    kind: 'broken',
    fix: 'submit the use case details for Anthropic models in the Bedrock console, under Model catalog, and wait 15 minutes',
  },
  {
    matches: says(/end of its life|legacy/i),
    kind: 'broken',
    fix: 'use a newer version of the model: this one is no longer served',
  },
  {
    matches: says(/not authorized to perform/i),
    kind: 'broken',
    fix: 'allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream on this model and its inference profile to the identity in the credentials line',
  },
  {
    matches: named('AccessDeniedException'),
    kind: 'broken',
    fix: "enable access to the model in the Bedrock console of this region, and check the account's Marketplace permissions",
  },
  {
    matches: named('ExpiredTokenException'),
    kind: 'broken',
    fix: 'renew the credentials: they are temporary and have ended',
  },
  {
    matches: named('UnrecognizedClientException', 'MissingAuthenticationTokenException'),
    kind: 'broken',
    fix: 'use an access key that exists, with its session token if it is a temporary one',
  },
  {
    matches: named('InvalidSignatureException', 'SignatureDoesNotMatch', 'IncompleteSignatureException'),
    kind: 'broken',
    fix: 'copy access key and secret key again: they do not belong together; or the clock or the region is wrong (see above)',
  },
  {
    matches: named('insufficient_quota', 'billing_error'),
    kind: 'broken',
    fix: "add credit in the provider's console: the account has none left",
  },
  {
    matches: says(/credit balance/i),
    kind: 'broken',
    fix: "add credit in the provider's console: the account has none left",
  },
  {
    matches: status(401),
    kind: 'broken',
    fix: 'put a valid API key into the Secret of the policy: the provider does not know this one',
  },
  {
    matches: status(403),
    kind: 'broken',
    fix: 'give the key access to this model in the provider’s console',
  },
  {
    matches: status(404),
    kind: 'broken',
    fix: "correct the model's name (modelNameOverride) or the API's path (schema.prefix), or use a region that has the model",
  },
  {
    matches: status(429),
    kind: 'later',
    fix: 'the model is there, but the account is at its limit: try later, or ask the provider for more quota',
  },
  {
    matches: status(408, 500, 502, 503, 504, 529),
    kind: 'later',
    fix: 'the provider has trouble itself: try later; a second backendRef with a priority takes over meanwhile',
  },
];

const other: Omit<Rule, 'matches'> = {
  kind: 'broken',
  fix: "check that the backend's schema is the API that this server speaks",
};

/** What an answer means for the model, and what to do where it does not work. */
export function judgeAnswer(answer: ProviderAnswer): Verdict {
  if (answer.status >= 200 && answer.status < 300) return { kind: 'fine' };
  const error = readProviderError(answer);
  const { kind, fix } = rules.find(({ matches }) => matches(error)) ?? other;
  if (kind === 'fine') return { kind };
  return { kind, fix, message: describeError(error) };
}

/** With a 401 the provider's words quote the key, though shortened: its name is enough. */
function describeError({ status: code, name, message }: ProviderError): string {
  const words = code === 401 ? [name] : [name, message];
  return [`HTTP ${code}`, ...words.filter((word) => word !== '')].join(': ');
}

function parseObject(body: string): Record<string, unknown> {
  try {
    return asObject(JSON.parse(body));
  } catch {
    return {};
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
