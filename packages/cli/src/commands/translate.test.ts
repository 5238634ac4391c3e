import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { CommandContext } from '../command.ts';
import { guessContentType } from '../translate/replay-response.ts';
import { translateCommand } from './translate.ts';

const claude = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const run = promisify(execFile);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aigw-translate-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** An event frame of Bedrock, and the exception frame that ends it: the vectors of the specification of the format. */
const messageStart = Buffer.from(
  '000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a22617373697374616e74227d6fa8c599',
  'hex',
);
const throttled = Buffer.from(
  '0000008800000061de0175f40f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22736c6f7720646f776e227d832ee072',
  'hex',
);

async function translate(args: readonly string[], body: unknown) {
  const out: string[] = [];
  const signal = new AbortController().signal;
  const context: CommandContext = {
    env: {},
    readStdin: () => Promise.reject(new Error('the body is read as bytes')),
    readStdinBytes: () =>
      Promise.resolve(
        body instanceof Uint8Array
          ? body
          : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      ),
    print: (line) => void out.push(line),
    note: () => undefined,
    stop: signal,
    kill: signal,
  };
  const status = await translateCommand.run(args, context);
  return { status, text: out.join('\n') };
}

async function translateToJson(args: readonly string[], body: unknown) {
  const { status, text } = await translate([...args, '--json'], body);
  return { status, result: JSON.parse(text) };
}

async function record(name: string, bytes: Uint8Array | string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return file;
}

const chat = { model: claude, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
const toBedrock = ['--endpoint', 'chat', '--schema', 'AWSBedrock'];

test('the request that would go out, with the fields that were dropped', async () => {
  const { status, result } = await translateToJson(toBedrock, { ...chat, seed: 3 });
  expect(status).toBe(0);
  expect(result).toEqual({
    request: {
      method: 'POST',
      path: `/model/${claude}/converse`,
      model: claude,
      headers: {
        set: expect.objectContaining({ 'content-type': 'application/json' }),
        remove: expect.any(Array),
      },
      body: '{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":9}}',
    },
    warnings: [{ path: 'seed', action: 'dropped', reason: expect.any(String) }],
  });
});

test.each([
  ['chat', 'OpenAI', '/v1/chat/completions'],
  ['chat', 'Anthropic', '/v1/messages'],
  ['messages', 'Anthropic', '/v1/messages'],
  ['messages', 'AWSAnthropic', `/model/${claude}/invoke`],
  ['count_tokens', 'AWSAnthropic', `/model/${claude}/count-tokens`],
  ['embeddings', 'OpenAI', '/v1/embeddings'],
  ['responses', 'OpenAI', '/v1/responses'],
  ['completions', 'OpenAI', '/v1/completions'],
])('--endpoint %s --schema %s goes to %s', async (endpoint, schema, path) => {
  const args = ['--endpoint', endpoint, '--schema', schema];
  const { status, result } = await translateToJson(args, { ...chat, input: 'hi' });
  expect([status, result.request.path]).toEqual([0, path]);
});

test('the hints of a backend are taken: model, family, way of messages, prefix', async () => {
  const messages = ['--endpoint', 'messages', '--schema', 'AWSBedrock'];
  const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
  const hinted = await translateToJson([...messages, '--model', arn, '--model-family', 'claude'], chat);
  expect(hinted.result.request).toMatchObject({ model: arn, path: expect.stringMatching(/\/invoke$/) });
  const prefixed = await translateToJson(
    ['--endpoint', 'chat', '--schema', 'OpenAI', '--prefix', 'api/v2'],
    chat,
  );
  expect(prefixed.result.request.path).toBe('/api/v2/chat/completions');
});

test('headers of the client take part, repeated ones too', async () => {
  const args = ['--endpoint', 'messages', '--schema', 'AWSAnthropic'];
  const betas = ['--header', 'Anthropic-Beta: context-1m-2025-08-07', '--header', 'anthropic-beta: made-up'];
  const { result } = await translateToJson([...args, ...betas], {
    ...chat,
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  });
  expect(JSON.parse(String(result.request.body))).toMatchObject({
    anthropic_beta: ['context-1m-2025-08-07'],
  });
  expect(result.warnings).toEqual([expect.objectContaining({ reason: expect.stringContaining('made-up') })]);
});

test.each([
  ['chat', { type: 'error', error: { code: 'invalid_request', param: 'model' } }],
  ['messages', { type: 'error', error: { type: 'invalid_request_error' }, request_id: 'aigw-translate' }],
])('a refused request of %s: the error in its dialect, status 1', async (endpoint, error) => {
  const args = ['--endpoint', endpoint, '--schema', 'AWSBedrock'];
  const { status, result } = await translateToJson(args, { messages: [] });
  expect(status).toBe(1);
  expect(result).toMatchObject({ warnings: [], response: { status: 400 } });
  expect(result.request).toBeUndefined();
  expect(JSON.parse(String(result.response.body))).toMatchObject(error);
  const { text } = await translate(args, { messages: [] });
  expect(text).toMatch(/^# refused; the client gets\nHTTP 400\n/);
});

test('an answer of the gateway itself goes to the client, and nothing to the backend', async () => {
  const args = ['--endpoint', 'count_tokens', '--schema', 'OpenAI'];
  const { status, result } = await translateToJson(args, chat);
  expect([status, result.request, result.response.status]).toEqual([0, undefined, 200]);
  expect(JSON.parse(String(result.response.body))).toEqual({ input_tokens: expect.any(Number) });
  const { text } = await translate(args, chat);
  expect(text).toMatch(/^# nothing goes to the backend; the client gets\nHTTP 200\n/);
});

test('--unsupported-fields Reject refuses what Drop drops', async () => {
  const { status, result } = await translateToJson([...toBedrock, '--unsupported-fields', 'Reject'], {
    ...chat,
    seed: 3,
  });
  expect([status, result.response.status]).toEqual([1, 400]);
  expect(result.response.body).toContain('seed');
});

test('a body that is not valid UTF-8 is refused as the gateway does, not repaired', async () => {
  const body = Buffer.concat([Buffer.from('{"model":"m","x":"'), Buffer.from([0xff]), Buffer.from('"}')]);
  const { status } = await translate(['--endpoint', 'chat', '--schema', 'OpenAI'], body);
  expect(status).toBe(1);
});

test('a recorded answer becomes what the client gets, with the tokens counted', async () => {
  const output = { message: { role: 'assistant', content: [{ text: 'hello' }] } };
  const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
  const file = await record('answer.json', JSON.stringify({ output, stopReason: 'end_turn', usage }));
  const { status, result } = await translateToJson([...toBedrock, '--response', file], chat);
  expect(status).toBe(0);
  expect(result.response).toMatchObject({ status: 200, usage: { inputTokens: 3, outputTokens: 2 } });
  expect(JSON.parse(String(result.response.body))).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { content: 'hello' } }],
  });
});

test('an answer that is handed on is shown as it is', async () => {
  const answer = '{"choices": [],  "x": 12345678901234567890}';
  const file = await record('passed.json', answer);
  const { result } = await translateToJson(
    ['--endpoint', 'chat', '--schema', 'OpenAI', '--response', file],
    chat,
  );
  expect(result.response.body).toBe(answer);
});

test('a recorded event stream is told by its first bytes, and its exception shown', async () => {
  const file = await record('throttled.bin', Buffer.concat([messageStart, throttled]));
  const { status, result } = await translateToJson([...toBedrock, '--response', file], {
    ...chat,
    stream: true,
  });
  expect(status).toBe(0);
  expect(result.response).toMatchObject({
    status: 200,
    headers: { set: { 'content-type': 'text/event-stream' } },
    failure: { code: 'ThrottlingException', status: 429, message: 'slow down' },
  });
  expect(result.response.body).toMatch(/"role":"assistant".*\n\ndata: {"error":{"message":"slow down"/s);
  const { text } = await translate([...toBedrock, '--response', file], { ...chat, stream: true });
  expect(text).toContain('# failed\nThrottlingException (429): slow down');
});

test('a recorded stream of server-sent events is told by its first bytes', async () => {
  const file = await record(
    'answer.sse',
    'data: {"choices":[{"index":0,"delta":{"content":"he"}}]}\n\ndata: [DONE]\n\n',
  );
  const { result } = await translateToJson(['--endpoint', 'chat', '--schema', 'OpenAI', '--response', file], {
    ...chat,
    stream: true,
  });
  expect(result.response.body).toContain('"content":"he"');
  expect(result.response.body).toMatch(/\[DONE\]\n\n$/);
});

test('a recorded error: status and headers can be given', async () => {
  const file = await record('error.json', '{"message":"slow down"}');
  const given = ['--status', '429', '--response-header', 'x-amzn-errortype: ThrottlingException:http://x/'];
  const { result } = await translateToJson([...toBedrock, '--response', file, ...given], chat);
  expect(result.response).toMatchObject({ status: 429, failure: { code: 'ThrottlingException' } });
  expect(JSON.parse(String(result.response.body))).toMatchObject({ error: { type: 'rate_limit_error' } });
});

test('--content-type overrules the first bytes', async () => {
  const file = await record('odd.json', ' {"choices":[]}');
  const args = [...toBedrock, '--response', file, '--content-type', 'application/vnd.amazon.eventstream'];
  const { result } = await translateToJson(args, { ...chat, stream: true });
  expect(result.response.headers.set['content-type']).toBe('text/event-stream');
  expect(result.response.failure).toBeDefined();
});

test.each([
  [Buffer.from([0, 0, 0, 0x76]), 'application/vnd.amazon.eventstream'],
  [Buffer.from('\nevent: ping'), 'text/event-stream'],
  [Buffer.from(': comment'), 'text/event-stream'],
  [Buffer.from('data:{}'), 'text/event-stream'],
  [Buffer.from(' {"a":1}'), 'application/json'],
  [Buffer.from('upstream connect error'), 'text/plain'],
  [new Uint8Array(), 'text/plain'],
])('content type of %s', (bytes, type) => expect(guessContentType(bytes)).toBe(type));

test('bodies are indented for people, and exact with --exact', async () => {
  expect((await translate(toBedrock, chat)).text).toContain('{\n  "messages": [\n');
  expect((await translate([...toBedrock, '--exact'], chat)).text).toContain('{"messages":[{"role"');
  const text = '{"model":"m",  "x":12345678901234567890}';
  const { result } = await translateToJson(['--endpoint', 'chat', '--schema', 'OpenAI'], text);
  expect(result.request.body).toBe(text);
});

test.each([
  [[], /--endpoint expects one of chat, messages, count_tokens, embeddings, responses, completions/],
  [['--endpoint', 'chats'], /--endpoint .*, not "chats"/],
  [['--endpoint', 'toString'], /--endpoint .*, not "toString"/],
  [['--endpoint', 'chat'], /--schema expects one of .*AWSBedrock/],
  [['--endpoint', 'chat', '--schema', 'Cohere'], /--schema .*, not "Cohere"/],
  [[...toBedrock, '--model-family', 'gpt'], /--model-family expects one of claude/],
  [[...toBedrock, '--unsupported-fields', 'drop'], /--unsupported-fields expects one of Drop, Reject/],
  [[...toBedrock, '--messages-via', 'x'], /--messages-via expects one of Auto, InvokeModel, Converse/],
  [[...toBedrock, '--header', 'nonsense'], /--header expects "name: value"/],
  [[...toBedrock, '--status', '200'], /go with --response FILE/],
  [[...toBedrock, '--response', '-'], /standard input is the body/],
  [[...toBedrock, '--response', 'x', '--status', 'ok'], /--status expects an HTTP status/],
  [[...toBedrock, 'body.json'], /standard input/],
])('%j is a usage error', async (args, message) => {
  await expect(translate(args, chat)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(message),
  });
});

test('a file that cannot be read is named', async () => {
  const missing = join(folder, 'missing.json');
  await expect(translate([...toBedrock, '--response', missing], chat)).rejects.toMatchObject({
    code: 'setup',
    message: `--response ${missing} cannot be read: ENOENT`,
  });
});

test('the commands of docs/aigw.md print what it says', async () => {
  const docs = await readFile(new URL('../../../../docs/aigw.md', import.meta.url), 'utf8');
  const [, section = ''] = /^## aigw translate\n(.*?)^## /ms.exec(docs) ?? [];
  const examples = [...section.matchAll(/^```sh\n(.*?)^```\n+```text\n(.*?)^```/gms)];
  expect(examples.length).toBeGreaterThanOrEqual(2);
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const shim = await record(
    'npx',
    `#!/bin/sh\nexec '${process.execPath}' --conditions=@aigw/source -e 'import("${main}").then((m) => m.main())' "$@"\n`,
  );
  await chmod(shim, 0o700);
  const env = { ...process.env, NODE_OPTIONS: '', PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  for (const [, command = '', output] of examples) {
    const { stdout } = await run('sh', ['-c', `${command}\nexit 0`], { cwd: folder, env });
    expect(stdout).toBe(output);
  }
}, 60_000);
