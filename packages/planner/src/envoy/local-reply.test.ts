import type { JsonObject } from '../json.ts';
import { at } from '../__fixtures__/plan-yaml.ts';
import { localReplyConfig } from './local-reply.ts';

const mappers = at(localReplyConfig(), 'mappers') as JsonObject[];
const text = (value: unknown): string => JSON.stringify(value);
const bodyOf = (mapper: JsonObject): JsonObject =>
  at(mapper, 'body_format_override', 'json_format') as JsonObject;
const ours = "'aigateway.envoy.io' in xds.route_metadata.filter_metadata";
const noRoute = '!has(xds.route_name)';
const find = (condition: string, dialect: 'openai' | 'anthropic'): JsonObject => {
  const found = mappers.find(
    ({ filter }) =>
      text(filter).includes(condition) &&
      text(filter).includes(ours) &&
      text(filter).includes('metadata_filter') === (dialect === 'anthropic'),
  );
  if (found === undefined) throw new Error(`no mapper for ${condition}`);
  return found;
};

test("the external processor's own replies come first and stay as they are", () => {
  expect(text(at(mappers[0], 'filter'))).toContain("response.code_details.startsWith('aigw_')");
  expect(at(mappers[0], 'body_format_override', 'text_format_source')).toEqual({
    inline_string: '%LOCAL_REPLY_BODY%',
  });
});

test.each([
  { name: 'no route', condition: '"NR"', openai: 'not_found_error', anthropic: 'not_found_error' },
  {
    name: 'a route that has come before its cluster',
    condition: '"NC"',
    openai: 'not_found_error',
    anthropic: 'not_found_error',
  },
  {
    name: 'the route for what no other takes',
    condition: "xds.route_name == 'aigw.not-found' && response.code_details == 'direct_response'",
    openai: 'not_found_error',
    anthropic: 'not_found_error',
  },
  {
    name: 'too many headers',
    condition: "endsWith('too_many_headers')",
    openai: 'invalid_request_error',
    anthropic: 'invalid_request_error',
  },
  {
    name: 'too large',
    condition: '"default_value":413',
    openai: 'invalid_request_error',
    anthropic: 'request_too_large',
  },
  {
    name: 'no answer in time',
    condition: '"default_value":504',
    openai: 'timeout',
    anthropic: 'timeout_error',
  },
  {
    name: 'credentials that a filter refuses',
    condition: '"default_value":401',
    openai: 'authentication_error',
    anthropic: 'authentication_error',
  },
  {
    name: 'a request that a filter does not permit',
    condition: '"default_value":403',
    openai: 'permission_error',
    anthropic: 'permission_error',
  },
  { name: 'nobody there', condition: '"default_value":503', openai: 'server_error', anthropic: 'api_error' },
  { name: 'our own outage', condition: 'ext_proc_error', openai: 'server_error', anthropic: 'api_error' },
  { name: 'too many at a time', condition: '"UO"', openai: 'server_error', anthropic: 'overloaded_error' },
])('$name has a body in each dialect', ({ condition, openai, anthropic }) => {
  expect(bodyOf(find(condition, 'openai'))).toEqual({
    type: 'error',
    error: {
      message: expect.any(String) as string,
      type: openai,
      code: expect.any(String) as string,
      param: null,
    },
  });
  expect(bodyOf(find(condition, 'anthropic'))).toEqual({
    type: 'error',
    error: { message: expect.any(String) as string, type: anthropic },
    request_id: '%REQ(X-REQUEST-ID)%',
  });
});

test('a missing route names the model', () => {
  expect(text(bodyOf(find('"NR"', 'anthropic')))).toContain('%REQ(X-AI-EG-MODEL)%');
});

test('what no route takes is told from the direct response of a route', () => {
  const order = mappers.map(({ filter }) => text(filter));
  expect(order.findIndex((filter) => filter.includes('aigw.not-found'))).toBeLessThan(
    order.findIndex((filter) => filter.includes("\"response.code_details == 'direct_response'")),
  );
});

test('a rule none of whose backends can be used is no mistake of the request', () => {
  const direct = mappers.filter(({ filter }) =>
    text(filter).includes(`"response.code_details == 'direct_response'"`),
  );
  const typesOf = ({ filter, ...mapper }: JsonObject): unknown => [
    text(filter).includes('"op":"GE","value":{"default_value":500'),
    at(bodyOf(mapper), 'error', 'type'),
    at(bodyOf(mapper), 'error', 'message'),
  ];
  const body = '%LOCAL_REPLY_BODY%';
  expect(direct.slice(0, 4).map(typesOf)).toEqual([
    [true, 'api_error', body],
    [false, 'invalid_request_error', body],
    [true, 'server_error', body],
    [false, 'invalid_request_error', body],
  ]);
});

test('a request without a path, which the codec gave up on, is told what is wrong as well', () => {
  const filters = mappers.map(({ filter }) => text(filter));
  const tooMany = filters.filter((filter) => filter.includes("endsWith('too_many_headers')"));
  expect(tooMany.at(-1)).toContain('{"name":":path","present_match":false}');
});

test('what routes of others answer, and what is no error, stays as it is', () => {
  expect(localReplyConfig()).not.toHaveProperty('body_format');
  for (const { filter } of mappers.slice(1)) {
    expect([ours, noRoute].filter((where) => text(filter).includes(where))).toHaveLength(1);
    expect(text(filter)).toContain('"op":"GE","value":{"default_value":400,');
  }
});

test('a filter that refuses says why in its own words', () => {
  for (const status of [401, 403]) {
    expect(text(bodyOf(find(`"default_value":${status}`, 'openai')))).toContain('%LOCAL_REPLY_BODY%');
  }
});

test.each([
  { path: '/v1/messages?beta=true', want: true },
  { path: '/v1/models/arn%3Aaws', want: true },
  { path: '/v1/chat/completions', want: true },
  { path: '/v1/users', want: false },
  { path: '/', want: false },
])('where no route is, $path is answered as one of the APIs: $want', ({ path, want }) => {
  const filter = text(mappers.at(-1)?.['filter']);
  const [, regex] = /"safe_regex":\{"regex":("[^"]*")/.exec(filter) ?? [];
  expect(new RegExp(`^(?:${String(JSON.parse(regex ?? ''))})$`).test(path)).toBe(want);
});

test('what fails before the model is known is told by its own reason, though it is on the route for unknown models', () => {
  const notFound = mappers.filter(({ filter }) => text(filter).includes('aigw.not-found'));
  expect(notFound).not.toHaveLength(0);
  for (const { filter } of notFound)
    expect(text(filter)).toContain("response.code_details == 'direct_response'");
});

test('every body is JSON by construction and carries the request id', () => {
  for (const mapper of mappers.slice(1)) {
    expect(bodyOf(mapper)).toBeDefined();
    expect(text(at(mapper, 'headers_to_add'))).toContain('"x-request-id"');
  }
});

test('our own outage is told from a backend that is away', () => {
  const order = mappers.map(({ filter }) => text(filter));
  expect(order.findIndex((filter) => filter.includes('ext_proc_error'))).toBeLessThan(
    order.findIndex((filter) => filter.includes('"default_value":503')),
  );
});

test.each([
  { path: '/v1/messages', want: true },
  { path: '/v1/messages?beta=true', want: true },
  { path: '/v1/messages/count_tokens', want: true },
  { path: '/anthropic/v1/models', want: true },
  { path: '/v1/chat/completions', want: false },
  { path: '/v1/messages-x', want: false },
])("$path is Anthropic's: $want", ({ path, want }) => {
  const filter = at(find('"NR"', 'anthropic'), 'filter', 'and_filter', 'filters', 2);
  const regex = at(
    filter,
    'metadata_filter',
    'matcher',
    'value',
    'string_match',
    'safe_regex',
    'regex',
  ) as string;
  expect(new RegExp(`^(?:${regex})$`).test(path)).toBe(want);
});
