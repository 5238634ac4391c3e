import { createMetrics } from '@aigw/service-runtime';
import type { ResponseFailure } from '@aigw/translator';
import { createRequestMetrics } from './create-request-metrics.ts';
import type { AttemptLabels, RequestLabels } from './request-metrics.ts';

const attempt: AttemptLabels = { backend: 'ns/b', schema: 'AWSBedrock', model: 'up', routeName: 'ns/r' };
const failure: ResponseFailure = { code: 'ThrottlingException', message: 'x', status: 429 };

function setUp() {
  const clock = { time: 1000 };
  const metrics = createMetrics();
  const headerAttributes = [{ header: 'x-team', attribute: 'team.id' }];
  const requests = createRequestMetrics({ metrics, now: () => clock.time, headerAttributes });
  const observe = (labels: Partial<RequestLabels> = {}) =>
    requests.request({
      endpoint: 'chatCompletions',
      originalModel: 'client-model',
      stream: false,
      headers: new Map([['x-team', 'blue']]),
      ...labels,
    });
  const lines = async (start: string) =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(start) && !line.includes('_bucket'));
  return { clock, observe, lines, metrics };
}

const labels =
  'gen_ai_operation_name="chat",gen_ai_provider_name="aws.bedrock",gen_ai_original_model="client-model",' +
  'gen_ai_request_model="up",gen_ai_response_model="answered",team_id="blue"';

test('a request gives duration and tokens with their labels', async () => {
  const { clock, observe, lines } = setUp();
  const request = observe();
  request.attempt(attempt);
  request.usage({ inputTokens: 10, outputTokens: 5, cachedInputTokens: 3 }, undefined);
  request.usage(undefined, 'answered');
  clock.time += 1500;
  request.end({ kind: 'finished' });
  expect(await lines('gen_ai_server')).toEqual([
    `gen_ai_server_request_duration_seconds_sum{${labels},error_type=""} 1.5`,
    `gen_ai_server_request_duration_seconds_count{${labels},error_type=""} 1`,
  ]);
  expect(await lines('gen_ai_client_token_usage_token_sum')).toEqual([
    `gen_ai_client_token_usage_token_sum{${labels},gen_ai_token_type="input"} 10`,
    `gen_ai_client_token_usage_token_sum{${labels},gen_ai_token_type="output"} 5`,
    `gen_ai_client_token_usage_token_sum{${labels},gen_ai_token_type="cached_input"} 3`,
  ]);
});

test('a stream gives the time to its first output and per token after it', async () => {
  const { clock, observe, lines } = setUp();
  const request = observe({ stream: true });
  request.attempt(attempt);
  expect(request.latencies()).toBeUndefined();
  clock.time += 200;
  request.output();
  clock.time += 400;
  request.output();
  request.usage({ outputTokens: 5 }, 'answered');
  expect(request.latencies()).toEqual({ timeToFirstTokenMs: 200, interTokenLatencyMs: 100 });
  request.end({ kind: 'finished' });
  expect(await lines('gen_ai_server_time')).toEqual([
    `gen_ai_server_time_to_first_token_seconds_sum{${labels}} 0.2`,
    `gen_ai_server_time_to_first_token_seconds_count{${labels}} 1`,
    `gen_ai_server_time_per_output_token_seconds_sum{${labels}} 0.1`,
    `gen_ai_server_time_per_output_token_seconds_count{${labels}} 1`,
  ]);
});

test('with one token or none there is no time per token', async () => {
  const { observe, lines } = setUp();
  const request = observe({ stream: true });
  request.attempt(attempt);
  request.output();
  request.usage({ outputTokens: 1 }, undefined);
  request.end({ kind: 'finished' });
  expect(await lines('gen_ai_server_time_per_output_token_seconds_')).toEqual([]);
});

test('each attempt has its own duration; one that was followed by another has failed', async () => {
  const { clock, observe, lines } = setUp();
  const request = observe();
  request.attempt(attempt);
  clock.time += 1000;
  request.attempt({ ...attempt, backend: 'ns/second', schema: 'Anthropic' });
  clock.time += 2000;
  request.end({ kind: 'finished' });
  const sums = await lines('gen_ai_server_request_duration_seconds_sum');
  const parts = sums.map((line) => [
    /provider_name="([^"]+)/.exec(line)?.[1],
    line.slice(line.indexOf('error_type')),
  ]);
  expect(parts).toEqual([
    ['aws.bedrock', 'error_type="_OTHER"} 1'],
    ['anthropic', 'error_type=""} 2'],
  ]);
  expect(await lines('aigw_upstream_retries_total')).toEqual([
    'aigw_upstream_retries_total{backend="ns/second"} 1',
  ]);
});

test.each([
  [{ kind: 'failed', failure } as const, 'ThrottlingException'],
  [{ kind: 'aborted' } as const, 'aborted'],
])('a stream that did not end well is counted by its reason: %j', async (outcome, type) => {
  const { observe, lines } = setUp();
  const request = observe({ stream: true });
  request.attempt(attempt);
  request.end(outcome);
  expect(await lines('aigw_stream_errors_total')).toEqual([`aigw_stream_errors_total{type="${type}"} 1`]);
  expect((await lines('gen_ai_server_request_duration_seconds_count')).join()).toContain(
    'error_type="_OTHER"',
  );
  const unary = observe();
  unary.end(outcome);
  expect(await lines('aigw_stream_errors_total')).toHaveLength(1);
});

test('requests in flight go up and come back', async () => {
  const { observe, lines } = setUp();
  const first = observe();
  const second = observe();
  expect(await lines('aigw_requests_in_flight')).toEqual(['aigw_requests_in_flight 2']);
  first.end({ kind: 'aborted' });
  second.end({ kind: 'finished' });
  expect(await lines('aigw_requests_in_flight')).toEqual(['aigw_requests_in_flight 0']);
});

test('dropped fields are counted without their indexes', async () => {
  const { observe, lines } = setUp();
  const request = observe();
  request.warnings([
    { path: 'messages[0].content[1]', action: 'dropped', reason: 'r' },
    { path: 'messages[7].content[3]', action: 'dropped', reason: 'r' },
    { path: 'thinking', action: 'changed', reason: 'r' },
  ]);
  expect(await lines('aigw_dropped_fields_total')).toEqual([
    'aigw_dropped_fields_total{field="messages.content",action="dropped"} 2',
    'aigw_dropped_fields_total{field="thinking",action="changed"} 1',
  ]);
});

test('models that clients make up do not grow the metrics without bound', async () => {
  const { observe, metrics } = setUp();
  for (let index = 0; index < 1500; index += 1) {
    const request = observe({ originalModel: `made-up-${index}` });
    request.attempt(attempt);
    request.end({ kind: 'finished' });
  }
  const counts = (await metrics.text())
    .split('\n')
    .filter((line) => line.startsWith('gen_ai_server_request_duration_seconds_count'));
  expect(counts).toHaveLength(1001);
  expect(counts.at(-1)).toMatch(/gen_ai_original_model="overflow".* 500$/);
});

test('the bounds of the histograms are those of the conventions', async () => {
  const { observe, metrics } = setUp();
  const request = observe({ stream: true });
  request.attempt(attempt);
  request.output();
  request.usage({ outputTokens: 2 }, undefined);
  request.end({ kind: 'finished' });
  const text = await metrics.text();
  const bounds = (name: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}_bucket`))
      .map((line) => Number(/le="([^"]+)"/.exec(line)?.[1]?.replace('+Inf', 'Infinity')));
  expect(bounds('gen_ai_client_token_usage_token')).toEqual([
    1,
    4,
    16,
    64,
    256,
    1024,
    4096,
    16_384,
    65_536,
    262_144,
    1_048_576,
    4_194_304,
    16_777_216,
    67_108_864,
    Infinity,
  ]);
  expect(bounds('gen_ai_server_request_duration_seconds')).toEqual([
    0.01,
    0.02,
    0.04,
    0.08,
    0.16,
    0.32,
    0.64,
    1.28,
    2.56,
    5.12,
    10.24,
    20.48,
    40.96,
    81.92,
    Infinity,
  ]);
});
