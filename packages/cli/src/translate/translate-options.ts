import { modelFamilies, type ModelFamily } from '@aigw/api-types';
import { type Endpoint, type UpstreamTarget, upstreams } from '@aigw/translator';

import { parseFlags } from '../command.ts';
import { CliError } from '../errors.ts';

/** A client API: its name among the translator's endpoints, and the path at which clients call it. */
export interface ClientEndpoint {
  readonly endpoint: Endpoint;
  readonly path: string;
}

const endpoints: Readonly<Record<string, ClientEndpoint>> = {
  chat: { endpoint: 'chatCompletions', path: '/v1/chat/completions' },
  messages: { endpoint: 'messages', path: '/v1/messages' },
  count_tokens: { endpoint: 'countTokens', path: '/v1/messages/count_tokens' },
  embeddings: { endpoint: 'embeddings', path: '/v1/embeddings' },
  responses: { endpoint: 'responses', path: '/v1/responses' },
  completions: { endpoint: 'completions', path: '/v1/completions' },
};

/** A provider's answer that was kept in a file. */
export interface RecordedResponse {
  readonly file: string;
  readonly status: number;
  /** Absent: told from the first bytes. */
  readonly contentType?: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** The flags of `aigw translate`. */
export interface TranslateOptions {
  readonly client: ClientEndpoint;
  readonly target: UpstreamTarget;
  /** Of the client's request. */
  readonly headers: ReadonlyMap<string, string>;
  readonly response?: RecordedResponse;
  readonly format: 'text' | 'json';
  readonly isExact: boolean;
}

const schemaNames = upstreams.map(({ schema }) => schema);

const flags = {
  endpoint: { type: 'string' },
  schema: { type: 'string' },
  prefix: { type: 'string' },
  model: { type: 'string' },
  'model-family': { type: 'string' },
  'unsupported-fields': { type: 'string', default: 'Drop' },
  'messages-via': { type: 'string', default: 'Auto' },
  header: { type: 'string', multiple: true, default: [] as string[] },
  response: { type: 'string' },
  status: { type: 'string' },
  'content-type': { type: 'string' },
  'response-header': { type: 'string', multiple: true, default: [] as string[] },
  exact: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseFlags<typeof flags>>['values'];

/** Reads the flags of `aigw translate`. @throws CliError `usage` */
export function parseTranslateOptions(args: readonly string[]): TranslateOptions {
  const { values, positionals } = parseFlags('translate', args, flags);
  if (positionals.length > 0)
    throw new CliError('usage', 'aigw translate expects no file: the body of the request is standard input');
  const client = endpoints[oneOf('--endpoint', values.endpoint, Object.keys(endpoints))];
  if (client === undefined) throw new CliError('usage', '--endpoint is not known');
  const response = parseResponse(values);
  return {
    client,
    target: parseTarget(values),
    headers: parseHeaders('--header', values.header),
    ...(response && { response }),
    format: values.json ? 'json' : 'text',
    isExact: values.exact,
  };
}

function parseTarget(values: Values): UpstreamTarget {
  const { prefix, model } = values;
  const family = values['model-family'];
  return {
    schema: {
      name: oneOf('--schema', values.schema, schemaNames),
      ...(prefix !== undefined && { prefix }),
    },
    ...(model !== undefined && { modelNameOverride: model }),
    ...(family !== undefined && {
      modelFamily: oneOf<ModelFamily>('--model-family', family, modelFamilies),
    }),
    unsupportedFields: oneOf('--unsupported-fields', values['unsupported-fields'], ['Drop', 'Reject']),
    messagesVia: oneOf('--messages-via', values['messages-via'], ['Auto', 'InvokeModel', 'Converse']),
  };
}

function parseResponse(values: Values): RecordedResponse | undefined {
  const { response: file, status, 'content-type': contentType } = values;
  const headers = values['response-header'];
  if (file === undefined) {
    const alone = status ?? contentType ?? headers[0];
    if (alone === undefined) return undefined;
    throw new CliError('usage', '--status, --content-type and --response-header go with --response FILE');
  }
  if (file === '-')
    throw new CliError('usage', '--response expects a file: standard input is the body of the request');
  return {
    file,
    status: parseStatus(status ?? '200'),
    ...(contentType !== undefined && { contentType }),
    headers: parseHeaders('--response-header', headers),
  };
}

function parseStatus(text: string): number {
  if (!/^[1-5]\d\d$/.test(text))
    throw new CliError('usage', `--status expects an HTTP status from 100 to 599, not "${text}"`);
  return Number(text);
}

function parseHeaders(flag: string, lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = /^([^\s:]+):\s*(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw new CliError('usage', `${flag} expects "name: value"`);
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

function oneOf<T extends string>(flag: string, text: string | undefined, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  const given = text === undefined ? '' : `, not "${text}"`;
  throw new CliError('usage', `${flag} expects one of ${choices.join(', ')}${given}`);
}

/** The text of `aigw translate --help`. */
export const translateHelp = [
  'Usage: aigw translate --endpoint ENDPOINT --schema SCHEMA [options] < body.json',
  '',
  "Shows what becomes of a client's request on its way to a backend: the request that would go out, without authentication,",
  'and every field that is dropped or changed; and, for a recorded answer of the provider, what the client would get.',
  'Nothing is sent anywhere.',
  '',
  `  --endpoint ENDPOINT      ${Object.keys(endpoints).join(', ')}`,
  `  --schema SCHEMA          what the backend speaks: ${schemaNames.join(', ')}`,
  "  --prefix PREFIX          path prefix of the backend's API, for OpenAI and Anthropic (v1)",
  "  --model MODEL            the backend's modelNameOverride",
  `  --model-family FAMILY    for model ids that do not say it: ${modelFamilies.join(', ')}`,
  '  --unsupported-fields P   Drop, or Reject: answer 400 for a field that the backend cannot take (Drop)',
  '  --messages-via API       of Anthropic messages on AWSBedrock: Auto, InvokeModel or Converse (Auto)',
  "  --header 'NAME: VALUE'   a header of the client's request; may be repeated",
  "  --response FILE          the provider's answer: JSON, server-sent events or an AWS event stream, not compressed",
  '  --status N               its status (200)',
  '  --content-type TYPE      its content type (told from its first bytes)',
  "  --response-header 'N: V' another header of it; may be repeated",
  '  --exact                  show bodies exactly as they are, instead of indented',
  '  --json                   one JSON object for programs; bodies in it are strings, exactly as they are',
  '',
  "Exit status 0: translated; 1: the request cannot be translated, and what is shown is the client's answer.",
].join('\n');
