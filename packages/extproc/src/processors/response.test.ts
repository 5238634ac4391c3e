import { gzipSync } from 'node:zlib';
import { bodyMessage, headersMessage } from '../__fixtures__/envoy.ts';
import {
  attemptHeaders,
  buildBackend,
  clientHeaders,
  createTestGateway,
  type TestGateway,
} from '../__fixtures__/gateway.ts';

const chat = '/v1/chat/completions';
const viaUpstream = { 'response.code_details': 'via_upstream' };
const costs = { metadata: ({ totalTokens }: { totalTokens?: number }) => ({ total: totalTokens ?? 0 }) };
const anthropic = buildBackend('ns/a/route/r', {
  target: { schema: { name: 'Anthropic' }, unsupportedFields: 'Drop', messagesVia: 'Auto' },
});

/** A client's stream whose request has reached a backend. */
function reachBackend(
  stream: boolean,
  streamIdleMs = '',
): { gateway: TestGateway; client: ReturnType<TestGateway['start']> } {
  const gateway = createTestGateway({ backends: [anthropic], costs });
  const client = gateway.start();
  const [first] = client.send(headersMessage('requestHeaders', clientHeaders(chat)));
  client.send(
    bodyMessage(
      'requestBody',
      JSON.stringify({
        model: 'claude',
        stream,
        stream_options: { include_usage: true },
        max_tokens: 9,
        messages: [{ role: 'user', content: 'hi' }],
      }),
    ),
  );
  const [attempt] = gateway
    .start()
    .send(attemptHeaders('ns/a/route/r', { ...clientHeaders(chat), ...first!.set }, { streamIdleMs }));
  expect(attempt).toMatchObject({ kind: 'requestHeaders', replaces: true });
  return { gateway, client };
}

const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-1',
  content: [{ type: 'text', text: 'Paris' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 4 },
};

const events = [
  ['message_start', { message: { ...message, content: [], stop_reason: null } }],
  ['content_block_start', { index: 0, content_block: { type: 'text', text: '' } }],
  ['content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Paris' } }],
  ['content_block_stop', { index: 0 }],
  ['message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } }],
  ['message_stop', {}],
] as const;
const sse = events.map(([type, data]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);

const sseHead = headersMessage(
  'responseHeaders',
  { ':status': '200', 'content-type': 'text/event-stream', 'content-length': '9' },
  { attributes: viaUpstream },
);

describe('buffered response', () => {
  it.each([
    ['plain', {}, Buffer.from(JSON.stringify(message))],
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync(JSON.stringify(message))],
  ])('is translated with its length, ids and costs: %s', async (_name, own, bytes) => {
    const { gateway, client } = reachBackend(false);
    const head = { ':status': '200', 'content-type': 'application/json', ...own };
    const [opened] = client.send(headersMessage('responseHeaders', head, { attributes: viaUpstream }));
    expect(opened).toMatchObject({ streams: false, set: { 'x-request-id': 'req-1' } });
    client.send(bodyMessage('responseBody', bytes));
    const answer = (await client.reach(4))[3]!;
    expect(JSON.parse(answer.body!)).toMatchObject({ object: 'chat.completion', usage: { total_tokens: 7 } });
    expect(answer.set['content-length']).toBe(String(Buffer.byteLength(answer.body!)));
    expect(answer.remove.includes('content-encoding')).toBe(true);
    expect(answer.metadata).toMatchObject({
      total: 7,
      ai_service_backend_name: 'ns/a',
      route_name: 'ns/route',
      response_model: 'claude-1',
    });
    client.handler.onCancel();
    expect(gateway.outcomes).toEqual([{ kind: 'finished' }]);
  });

  it('keeps the status of an error, in the dialect, and charges nothing', () => {
    const { gateway, client } = reachBackend(false);
    client.send(
      headersMessage(
        'responseHeaders',
        { ':status': '429', 'content-type': 'application/json' },
        { attributes: viaUpstream },
      ),
    );
    const [answer] = client.send(
      bodyMessage('responseBody', '{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}'),
    );
    expect(JSON.parse(answer!.body!)).toMatchObject({ error: { message: 'slow', type: 'rate_limit_error' } });
    expect(answer!.metadata).toBeUndefined();
    expect(gateway.outcomes).toEqual([expect.objectContaining({ kind: 'failed' })]);
  });

  it('keeps what the provider says about itself or its host from the client', () => {
    const { client } = reachBackend(false);
    const kept = { 'x-ratelimit-remaining-tokens': '7', 'retry-after': '1', 'x-amzn-requestid': 'r' };
    const hidden = {
      'set-cookie': 'sid=1',
      'alt-svc': 'h3=":443"',
      'strict-transport-security': 'max-age=1',
      'anthropic-organization-id': 'o',
      'openai-organization': 'o',
      'x-envoy-upstream-service-time': '1',
      'x-ai-eg-warnings': 'forged',
      'x-aigw-anything': 'forged',
    };
    const head = { ':status': '200', 'content-type': 'application/json', ...kept, ...hidden };
    const [opened] = client.send(headersMessage('responseHeaders', head, { attributes: viaUpstream }));
    expect([...opened!.remove].sort()).toEqual(Object.keys(hidden).sort());
  });

  it('gives a body to an error that has none', () => {
    const { client } = reachBackend(true);
    const [answer] = client.send(
      headersMessage('responseHeaders', { ':status': '503' }, { endOfStream: true, attributes: viaUpstream }),
    );
    expect(answer).toMatchObject({ kind: 'responseHeaders', replaces: true });
    expect(JSON.parse(answer!.body!)).toMatchObject({ type: 'error' });
  });

  it.each([
    ['an unknown encoding', { 'content-encoding': 'zip' }, ''],
    ['broken compression', { 'content-encoding': 'gzip' }, 'not gzip'],
  ])('answers %s with a 502 in the dialect', async (_name, own, text) => {
    const { client } = reachBackend(false);
    client.send(headersMessage('responseHeaders', { ':status': '200', ...own }, { attributes: viaUpstream }));
    client.send(bodyMessage('responseBody', text));
    const answer = (
      await client.reach(client.answers.length > 2 && own['content-encoding'] === 'zip' ? 3 : 4)
    ).at(-1)!;
    expect(answer).toMatchObject({ kind: 'immediateResponse', status: 502, details: 'aigw_upstream_error' });
  });
});

describe('streamed response', () => {
  const open = (own: Readonly<Record<string, string>> = {}): ReturnType<typeof reachBackend> => {
    const reached = reachBackend(true);
    const head = { ':status': '200', 'content-type': 'text/event-stream', ...own };
    const [opened] = reached.client.send(
      headersMessage('responseHeaders', head, { attributes: viaUpstream }),
    );
    expect(opened).toMatchObject({ streams: true });
    expect(opened!.remove).toEqual(expect.arrayContaining(['content-length', 'content-encoding']));
    return reached;
  };
  const textOf = (answers: readonly { body: string | undefined }[]): string =>
    answers.map(({ body }) => body ?? '').join('');

  it.each(['eos on an empty body', 'eos on the last body', 'trailers'])('ends once: %s [A71]', (ending) => {
    const { gateway, client } = open();
    for (const piece of sse.slice(0, -1)) client.send(bodyMessage('responseBody', piece, false));
    const last = sse.at(-1)!;
    client.send(bodyMessage('responseBody', last, ending === 'eos on the last body'));
    if (ending === 'eos on an empty body') client.send(bodyMessage('responseBody', ''));
    if (ending === 'trailers') client.send({ kind: 'responseTrailers' });
    const pieces = client.answers.slice(3);
    expect(textOf(pieces).match(/\[DONE\]/g)).toHaveLength(1);
    const ends = pieces.map(({ kind, endOfStream }) =>
      kind === 'responseTrailers' ? 'trailers' : endOfStream,
    );
    expect(ends.at(-1)).toBe(ending === 'trailers' ? 'trailers' : true);
    expect(ends.slice(0, -1)).not.toContain(true);
    // Later messages of a finished response are ignored.
    expect(client.send(bodyMessage('responseBody', 'late'))).toEqual([]);
    expect(gateway.outcomes).toEqual([{ kind: 'finished' }]);
    expect(pieces.filter(({ metadata }) => metadata !== undefined).at(-1)?.metadata).toMatchObject({
      total: 7,
    });
  });

  it('is decompressed in whatever pieces it comes [A124]', async () => {
    const bytes = gzipSync(sse.join(''));
    const texts = [1, 7, bytes.length].map(async (size) => {
      const { client } = open({ 'content-encoding': 'gzip' });
      for (let at = 0; at < bytes.length; at += size)
        client.send(bodyMessage('responseBody', bytes.subarray(at, at + size), false));
      client.send(bodyMessage('responseBody', ''));
      let count = 4;
      while ((await client.reach(count)).at(-1)?.endOfStream !== true) count += 1;
      return textOf(client.answers.slice(3));
    });
    const [one, seven, all] = await Promise.all(texts);
    expect(one).toBe(all);
    expect(seven).toBe(all);
    expect(all).toContain('Paris');
  });

  it('turns a premature end into the error event of the dialect', () => {
    const { gateway, client } = open();
    client.send(bodyMessage('responseBody', sse[0]!, false));
    const [answer] = client.send(bodyMessage('responseBody', ''));
    expect(answer!.endOfStream).toBe(true);
    expect(answer!.body).toContain('"error"');
    expect(answer!.body).not.toContain('[DONE]');
    expect(gateway.outcomes).toEqual([expect.objectContaining({ kind: 'failed' })]);
  });

  it('ends with the error event when the rest cannot be decompressed', async () => {
    const { client } = open({ 'content-encoding': 'gzip' });
    client.send(bodyMessage('responseBody', 'not gzip', false));
    const answer = (await client.reach(4))[3]!;
    expect(answer).toMatchObject({ endOfStream: true });
    expect(answer.body).toContain('"error"');
  });

  it('ends a stream that falls silent with the error event, just once', () => {
    const { gateway, client } = open();
    const { clock } = gateway;
    clock.pass(60_000);
    expect(client.answers).toHaveLength(3);
    client.send(bodyMessage('responseBody', sse[0]!, false));
    clock.pass(29_000);
    client.send(bodyMessage('responseBody', sse[1]!, false));
    clock.pass(29_000);
    expect(client.answers.at(-1)!.endOfStream).toBe(false);
    clock.pass(2_000);
    const last = client.answers.at(-1)!;
    expect(last).toMatchObject({ kind: 'responseBody', endOfStream: true });
    expect(last.body).toContain('silent for 30 s');
    expect(last.body).not.toContain('[DONE]');
    expect(gateway.outcomes).toEqual([
      expect.objectContaining({ failure: expect.objectContaining({ code: 'stream_idle_timeout' }) }),
    ]);
    const count = client.answers.length;
    clock.pass(100_000);
    expect(client.send(bodyMessage('responseBody', sse[2]!, false))).toEqual([]);
    expect(client.answers).toHaveLength(count);
    expect(clock.running()).toBe(0);
  });

  it.each([
    ['10000', 8],
    ['2000', 1],
    ['900000', 898],
    ['x', 30],
  ])('may be silent for a little less than its route allows: %s ms', (streamIdleMs, seconds) => {
    const { gateway, client } = reachBackend(true, streamIdleMs);
    client.send(sseHead);
    client.send(bodyMessage('responseBody', sse[0]!, false));
    gateway.clock.pass(seconds * 1000);
    expect(client.answers.at(-1)!.endOfStream).toBe(false);
    gateway.clock.pass(500);
    expect(client.answers.at(-1)).toMatchObject({ endOfStream: true });
    expect(client.answers.at(-1)!.body).toContain(`silent for ${seconds} s`);
  });

  it('is watched no longer than it lasts', () => {
    const { gateway, client } = open();
    client.send(bodyMessage('responseBody', sse[0]!, false));
    expect(gateway.clock.running()).toBe(1);
    client.handler.onCancel();
    expect(gateway.clock.running()).toBe(0);
  });

  it('counts a stream that was cut off', () => {
    const { gateway, client } = open();
    client.send(bodyMessage('responseBody', sse[0]!, false));
    client.handler.onHalfClose();
    client.handler.onCancel();
    expect(gateway.outcomes).toEqual([{ kind: 'aborted' }]);
    expect(gateway.deps.exchanges.size).toBe(0);
  });

  it('answers headers that nothing follows', () => {
    const { client } = reachBackend(true);
    const [answer] = client.send({ ...sseHead, endOfStream: true } as typeof sseHead);
    expect(answer).toMatchObject({ kind: 'responseHeaders', replaces: true, streams: false });
    expect(answer!.body).toContain('"error"');
  });
});

describe('local reply', () => {
  it.each([
    ['response_timeout', 504, 'did not answer'],
    ['upstream_reset_before_response_started{connection_failure}', 503, 'reached'],
    ['request_payload_too_large', 413, 'larger'],
  ])('%s keeps its status and gets the dialect', (details, status, text) => {
    const { client } = reachBackend(true);
    const head = { ':status': String(status), 'content-type': 'text/plain', 'content-length': '9' };
    const [answer] = client.send(
      headersMessage('responseHeaders', head, { attributes: { 'response.code_details': details } }),
    );
    expect(answer!.set).not.toHaveProperty(':status');
    expect(JSON.parse(answer!.body!).error.message).toContain(text);
  });

  it('names the model that no route serves', () => {
    const client = createTestGateway({}).start();
    client.send(headersMessage('requestHeaders', clientHeaders('/v1/messages')));
    client.send(bodyMessage('requestBody', '{"model":"no \\"route\\""}'));
    const [answer] = client.send(
      headersMessage('responseHeaders', { ':status': '404' }, { endOfStream: true }),
    );
    expect(JSON.parse(answer!.body!)).toMatchObject({
      error: { type: 'not_found_error', message: expect.stringContaining('no \\"route\\"') },
      request_id: 'req-1',
    });
  });

  it('stays as it is when it is JSON already', () => {
    const client = createTestGateway({}).start();
    client.send(headersMessage('requestHeaders', clientHeaders(chat)));
    const head = { ':status': '413', 'content-type': 'application/json' };
    const [answer] = client.send(headersMessage('responseHeaders', head));
    expect(answer).toMatchObject({ set: {}, remove: [], body: undefined });
    expect(client.send(bodyMessage('responseBody', '{}'))[0]).toMatchObject({ body: undefined });
  });
});
