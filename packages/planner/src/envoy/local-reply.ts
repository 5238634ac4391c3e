import type { JsonObject } from '../json.ts';
import { hostNamespace, notFoundRoute, requestNamespace, typed } from './names.ts';

/** The API whose error bodies a client reads. */
type Dialect = 'openai' | 'anthropic';

/** One reason for which Envoy answers itself, and what the client is told. */
interface Reply {
  readonly when?: JsonObject;
  readonly message: string;
  /** OpenAI's `error.type` and `error.code`. */
  readonly openai: readonly [type: string, code: string];
  /** Anthropic's `error.type`. */
  readonly anthropic: string;
}

/** The paths that speak Anthropic's API, and those that speak either. */
const anthropicPath = '/(anthropic/.*|v1/messages([/?].*)?)';
const apiPath =
  '/(anthropic/.*|v1/(chat/completions|completions|embeddings|responses|messages|models)([/?].*)?)';

const status = (op: 'EQ' | 'GE', value: number): JsonObject => ({
  status_code_filter: {
    comparison: { op, value: { default_value: value, runtime_key: `aigw.local_reply.${op}.${value}` } },
  },
});
const statusIs = (value: number): JsonObject => status('EQ', value);
const flags = (...list: string[]): JsonObject => ({ response_flag_filter: { flags: list } });
const cel = (expression: string): JsonObject => ({
  extension_filter: {
    name: 'envoy.access_loggers.extension_filters.cel',
    typed_config: typed('envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter', { expression }),
  },
});
const all = (...filters: (JsonObject | undefined)[]): JsonObject => ({
  and_filter: { filters: filters.filter((filter) => filter !== undefined) },
});

/** On a route of ours: those of others on the same listener answer as they please. */
const onOurRoute = cel(`'${hostNamespace}' in xds.route_metadata.filter_metadata`);
/** Nobody's: the request is no valid HTTP, or no route takes it. */
const onNoRoute = cel('!has(xds.route_name)');
const isError = status('GE', 400);

const noRoute = {
  message:
    "No route serves the model '%REQ(X-AI-EG-MODEL)%'. Check the model's name and the headers of the request.",
  openai: ['not_found_error', 'model_not_found'],
  anthropic: 'not_found_error',
} as const;

/** The first that applies is used; the last applies always. */
const replies: readonly Reply[] = [
  {
    when: cel("response.code_details.startsWith('ext_proc_error')"),
    message: 'The gateway cannot process requests at the moment. Try again.',
    openai: ['server_error', 'gateway_unavailable'],
    anthropic: 'api_error',
  },
  // Not for what fails before the model is known, which is on that route as well.
  {
    when: cel(`xds.route_name == '${notFoundRoute}' && response.code_details == 'direct_response'`),
    ...noRoute,
  },
  {
    when: all(cel("response.code_details == 'direct_response'"), status('GE', 500)),
    message: '%LOCAL_REPLY_BODY%',
    openai: ['server_error', 'model_not_available'],
    anthropic: 'api_error',
  },
  {
    // A direct response of a route: its body says what is wrong.
    when: cel("response.code_details == 'direct_response'"),
    message: '%LOCAL_REPLY_BODY%',
    openai: ['invalid_request_error', 'model_not_available'],
    anthropic: 'invalid_request_error',
  },
  { when: flags('NR'), ...noRoute },
  // A route that has just come, before its cluster.
  { when: all(flags('NC'), statusIs(404)), ...noRoute },
  {
    // The status is not known yet when the codec gives up.
    when: cel(
      "response.code_details.endsWith('headers_too_large') || response.code_details.endsWith('too_many_headers')",
    ),
    message:
      'The headers of the request are too many or too large (200, or 60 KiB in all). Send fewer or shorter ones.',
    openai: ['invalid_request_error', 'request_headers_too_large'],
    anthropic: 'invalid_request_error',
  },
  {
    when: statusIs(413),
    message: 'The request body is larger than this gateway accepts.',
    openai: ['invalid_request_error', 'request_too_large'],
    anthropic: 'request_too_large',
  },
  {
    when: cel("response.code_details.startsWith('response_payload_too_large')"),
    message: "The model's answer is larger than this gateway can hold. Ask for a stream.",
    openai: ['server_error', 'response_too_large'],
    anthropic: 'api_error',
  },
  {
    when: statusIs(504),
    message: 'The model did not answer in time.',
    openai: ['timeout', 'upstream_timeout'],
    anthropic: 'timeout_error',
  },
  {
    when: statusIs(408),
    message: 'The request was not received in time.',
    openai: ['timeout', 'request_timeout'],
    anthropic: 'timeout_error',
  },
  {
    when: flags('UO'),
    message: 'The model has too many requests at the moment. Try again later.',
    openai: ['server_error', 'overloaded'],
    anthropic: 'overloaded_error',
  },
  {
    // What a filter that authenticates or authorizes has refused; its own words say which.
    when: statusIs(401),
    message: 'The gateway does not accept the credentials of the request. %LOCAL_REPLY_BODY%',
    openai: ['authentication_error', 'invalid_credential'],
    anthropic: 'authentication_error',
  },
  {
    when: statusIs(403),
    message: 'The gateway does not permit the request. %LOCAL_REPLY_BODY%',
    openai: ['permission_error', 'permission_denied'],
    anthropic: 'permission_error',
  },
  {
    when: statusIs(429),
    message: 'Too many requests. Try again later.',
    openai: ['rate_limit_error', 'rate_limit_exceeded'],
    anthropic: 'rate_limit_error',
  },
  {
    when: statusIs(503),
    message: "The model's server cannot be reached at the moment. Try again.",
    openai: ['server_error', 'upstream_unavailable'],
    anthropic: 'api_error',
  },
  {
    when: status('GE', 500),
    message: 'The gateway could not answer the request (%RESPONSE_CODE_DETAILS%).',
    openai: ['server_error', 'gateway_error'],
    anthropic: 'api_error',
  },
  {
    message: 'The request is not valid HTTP for this gateway (%RESPONSE_CODE_DETAILS%).',
    openai: ['invalid_request_error', 'bad_request'],
    anthropic: 'invalid_request_error',
  },
];

/** A JSON format and not a text: only it escapes what it inserts. */
function bodyFormat(dialect: Dialect, reply: Reply): JsonObject {
  const { message, openai, anthropic } = reply;
  const body =
    dialect === 'anthropic'
      ? { type: 'error', error: { type: anthropic, message }, request_id: '%REQ(X-REQUEST-ID)%' }
      : { type: 'error', error: { message, type: openai[0], code: openai[1], param: null } };
  return { json_format: body, content_type: 'application/json' };
}

const setHeader = (key: string, value: string): JsonObject => ({
  header: { key, value },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
});

const pathInMetadata = (regex: string): JsonObject => ({
  metadata_filter: {
    matcher: {
      filter: requestNamespace,
      path: [{ key: 'path' }],
      value: { string_match: { safe_regex: { regex } } },
    },
    match_if_key_not_found: false,
  },
});
const pathInHeader = (regex: string): JsonObject => ({
  header_filter: { header: { name: ':path', string_match: { safe_regex: { regex } } } },
});
/** The codec gave up before it had one. */
const noPath: JsonObject = { header_filter: { header: { name: ':path', present_match: false } } };

function mapper(dialect: Dialect, where: readonly JsonObject[], reply: Reply): JsonObject {
  return {
    filter: all(...where, reply.when),
    body_format_override: bodyFormat(dialect, reply),
    headers_to_add: [
      setHeader('x-request-id', '%REQ(X-REQUEST-ID)%'),
      ...(dialect === 'anthropic' ? [setHeader('request-id', '%REQ(X-REQUEST-ID)%')] : []),
    ],
  };
}

const mappers = (dialect: Dialect, ...where: readonly JsonObject[]): JsonObject[] =>
  replies.map((reply) => mapper(dialect, where, reply));

/**
 * Error bodies of Envoy's own replies in the client's dialect: on our routes, and for requests to the APIs that no route
 * took. The path is taken from what the configuration remembered before any filter changed it, and from the request itself
 * for replies that are made before the filters run. Replies of the external processor, whose details begin with `aigw_`,
 * are passed on as they are, and so is everything of other routes.
 */
export function localReplyConfig(): JsonObject {
  return {
    mappers: [
      {
        filter: cel("response.code_details.startsWith('aigw_')"),
        body_format_override: {
          text_format_source: { inline_string: '%LOCAL_REPLY_BODY%' },
          content_type: 'application/json',
        },
      },
      ...mappers('anthropic', onOurRoute, isError, pathInMetadata(anthropicPath)),
      ...mappers('openai', onOurRoute, isError),
      ...mappers('anthropic', onNoRoute, isError, pathInHeader(anthropicPath)),
      ...mappers('openai', onNoRoute, isError, { or_filter: { filters: [pathInHeader(apiPath), noPath] } }),
    ],
  };
}
