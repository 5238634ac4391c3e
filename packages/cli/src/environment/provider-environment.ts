/** The variables that configure providers; their names and meanings are those of the providers' own SDKs. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A provider with an API key, at a base URL. */
export interface KeyedProvider {
  key: string;
  baseUrl: URL;
}

/** Bedrock: a region, perhaps an endpoint of its own, and either a Bedrock API key or AWS's default credential chain. */
export interface BedrockProvider {
  region: string;
  endpoint: URL;
  apiKey?: string;
}

/** What the environment configures; every part that is set, at once. */
export interface ProviderEnvironment {
  openai?: KeyedProvider;
  anthropic?: KeyedProvider;
  bedrock?: BedrockProvider;
  /** What is set but cannot be used, one sentence each. */
  problems: string[];
}

const bedrockMarks = [
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
];

/** Said when nothing is configured at all. */
export const nothingConfigured =
  'nothing to run: name a YAML file or folder, or set OPENAI_API_KEY, ANTHROPIC_API_KEY, or AWS_REGION with AWS credentials ' +
  '(AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or AWS_BEARER_TOKEN_BEDROCK). ' +
  'To try it without any account: aigw run --mock';

/** Reads the providers out of the environment. Empty variables count as not set. */
export function parseProviderEnvironment(environment: Environment): ProviderEnvironment {
  const problems: string[] = [];
  const env = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const url = (name: string, fallback: string): URL | undefined =>
    parseBaseUrl(name, env(name) ?? fallback, problems);
  const keyed = (key: string, base: string, fallback: string): KeyedProvider | undefined => {
    const value = env(key);
    const baseUrl = value === undefined ? undefined : url(base, fallback);
    return value === undefined || baseUrl === undefined ? undefined : { key: value, baseUrl };
  };
  const openai = keyed('OPENAI_API_KEY', 'OPENAI_BASE_URL', 'https://api.openai.com/v1');
  const anthropic = keyed('ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'https://api.anthropic.com');
  const bedrock = bedrockMarks.some(env) ? parseBedrock(env, url, problems) : undefined;
  return {
    ...(openai && { openai }),
    ...(anthropic && { anthropic }),
    ...(bedrock && { bedrock }),
    problems,
  };
}

function parseBedrock(
  env: (name: string) => string | undefined,
  url: (name: string, fallback: string) => URL | undefined,
  problems: string[],
): BedrockProvider | undefined {
  const region = env('AWS_REGION') ?? env('AWS_DEFAULT_REGION');
  if (region === undefined) {
    problems.push('AWS credentials are set, but no region: set AWS_REGION, for example AWS_REGION=us-east-1');
    return undefined;
  }
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(region)) {
    problems.push(`AWS_REGION is ${JSON.stringify(region)}; expected a region such as us-east-1`);
    return undefined;
  }
  if (env('AWS_ACCESS_KEY_ID') !== undefined && env('AWS_SECRET_ACCESS_KEY') === undefined) {
    problems.push('AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not');
    return undefined;
  }
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = url('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', `https://bedrock-runtime.${region}.${domain}`);
  const apiKey = env('AWS_BEARER_TOKEN_BEDROCK');
  return endpoint && { region, endpoint, ...(apiKey !== undefined && { apiKey }) };
}

function parseBaseUrl(name: string, text: string, problems: string[]): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable =
    url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.username === '';
  if (!isUsable)
    problems.push(
      `${name} is not a usable base URL; expected http:// or https:// with a host and a path, nothing more`,
    );
  return isUsable ? url : undefined;
}
