import { type Answer, parseSse, post } from './clients/http.ts';
import { readChatStream } from './expect-answer.ts';
import { dialectOf, expectError, expectStatus } from './expect-error.ts';
import { describeBackends, models, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { buildResources, type TestRule } from './fixtures/resources.ts';
import { type ScriptedProvider, startScriptedProvider } from './fixtures/scripted-provider.ts';
import { waitUntil } from './wait-until.ts';

const chat = '/v1/chat/completions';
const messages = '/v1/messages';
const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
const piece = (content: string, finish_reason: string | null = null): string =>
  event({
    id: 'c',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason }],
  });

/** Streams of one OpenAI-compatible server, by the name of the model that is asked for. */
const burstPieces = 3000;
/** More than Envoy waits for the answer to one message. */
const patienceMs = 22_000;
let provider: ScriptedProvider | undefined;

async function startProvider(): Promise<ScriptedProvider> {
  return startScriptedProvider((response, request) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'retry-after': '7' });
    response.flushHeaders();
    const { authorization = '' } = request.headers;
    if (authorization.endsWith('error-then-silence'))
      response.write(event({ error: { message: 'slow', code: 'rate_limit_exceeded' } }));
    else if (authorization.endsWith('late-error')) {
      response.write(piece('begun'));
      response.write(event({ error: { message: 'slow', code: 'rate_limit_exceeded' } }));
    } else if (authorization.endsWith('late-silence')) {
      response.write(piece('begun'));
    } else if (authorization.endsWith('patience')) {
      setTimeout(() => response.end(`${piece('Paris')}${piece('', 'stop')}data: [DONE]\n\n`), patienceMs);
    } else if (authorization.endsWith('burst')) {
      for (let index = 0; index < burstPieces; index++) response.write(piece(`${index} `));
      response.end(`${piece('', 'stop')}data: [DONE]\n\n`);
    }
  });
}

const faults = ['first-frame-throttling', 'json-instead-of-stream'] as const;
const schemas = [
  ['bedrock', models.llama, [chat]],
  ['invoke', models.invoke, [chat, messages]],
  ['anthropic', models.anthropic, [chat, messages]],
] as const;
const scripted = [
  'silence',
  'error-then-silence',
  'late-error',
  'late-silence',
  'patience',
  'burst',
] as const;

/** A rule for each backend and fault, alone and with another backend behind it. */
function buildRules(): TestRule[] {
  const rules: TestRule[] = [];
  const add = (
    name: string,
    first: TestRule['backends'][number],
    second: TestRule['backends'][number],
  ): void => {
    const limits = {
      ...(name === 'silence' && { timeouts: { backendRequest: '500ms' } }),
      ...(name === 'late-silence' && { streamIdleTimeout: '2s' }),
    };
    rules.push(
      { models: [`${name}-alone`], backends: [first], ...limits },
      {
        models: [`${name}-pair`],
        backends: [
          { ...first, priority: 0 },
          { ...second, priority: 1 },
        ],
        ...limits,
      },
    );
  };
  for (const fault of faults) {
    for (const [name, model] of schemas) {
      const other =
        name === 'invoke'
          ? { name: 'anthropic', modelNameOverride: models.anthropic }
          : { name: 'invoke', modelNameOverride: models.invoke };
      add(`${name}-${fault}`, { name, modelNameOverride: `${model}--fault-${fault}` }, other);
    }
  }
  for (const name of scripted) add(name, { name }, { name: 'invoke', modelNameOverride: models.invoke });
  return rules;
}

const running = useMockedGateway(async (port) => {
  provider = await startProvider();
  const { port: scriptedPort } = provider;
  const others = scripted.map((name) => ({
    name,
    schema: { name: 'OpenAI' },
    port: scriptedPort,
    apiKey: name,
  }));
  return buildResources([...describeBackends(port), ...others], buildRules(), { retry: 'default' });
});
afterAll(() => provider?.close());

const ask = (path: string, model: string): Promise<Answer> =>
  post(running.gateway.url + path, {
    model,
    stream: true,
    max_tokens: 50,
    messages: [{ role: 'user', content: 'What is capital of France?' }],
  });

function expectWholeStream(path: string, answer: Answer): void {
  expectStatus(answer, 200);
  if (path === chat) expect(readChatStream(answer)).toContain('Paris');
  else expect(parseSse(answer.text).at(-1)?.event).toBe('message_stop');
  expect(answer.text).not.toContain('error');
}

const cases = faults.flatMap((fault) =>
  schemas.flatMap(([name, , paths]) => paths.map((path) => [`${name}-${fault}`, path] as const)),
);

/** Requests that Envoy has open at backends, as its metrics say. */
async function countActive(): Promise<number> {
  const text = await (await fetch(`${running.gateway.adminUrl}/metrics`)).text();
  const lines = text
    .split('\n')
    .filter((line) => /^envoy_cluster_upstream_rq_active\{.*httproute/.test(line));
  expect(lines.length).toBeGreaterThan(0);
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

afterEach(async () => {
  await waitUntil('no request is left at a backend', async () => (await countActive()) === 0);
  await waitUntil('no request is left at the scripted provider', () => provider?.open() === 0);
});

describe('a stream that begins with an error', () => {
  test.each(cases)('%s %s: another backend gives the whole answer', async (name, path) => {
    expectWholeStream(path, await ask(path, `${name}-pair`));
  });

  test.each(cases)('%s %s: with no other backend the client gets a real status', async (name, path) => {
    const answer = await ask(path, `${name}-alone`);
    expectError(answer, dialectOf(path), name.endsWith('throttling') ? 429 : 502);
  });

  test('although the upstream never ends: another backend answers', async () => {
    expectWholeStream(chat, await ask(chat, 'error-then-silence-pair'));
  });

  test('although the upstream never ends: a real status, and when to try again', async () => {
    const answer = await ask(chat, 'error-then-silence-alone');
    expect(expectError(answer, 'openai', 429)).toBe('slow');
    expect(answer.headers.get('retry-after')).toBe('7');
  });
});

describe('a stream whose first event is late', () => {
  test('another backend answers when the time for a try is over', async () => {
    expectWholeStream(chat, await ask(chat, 'silence-pair'));
  });

  test('is waited for, longer than Envoy waits for one message', async () => {
    expectWholeStream(chat, await ask(chat, 'patience-alone'));
  });

  test('with no other backend it is a 504', async () => {
    expectError(await ask(chat, 'silence-alone'), 'openai', 504);
  });
});

describe('a stream that has begun', () => {
  test('is not asked for again when it fails', async () => {
    const before = provider!.seen();
    const answer = await ask(chat, 'late-error-pair');
    expectStatus(answer, 200);
    expect(answer.text).toContain('begun');
    expect(parseSse(answer.text).at(-1)!.data).toContain('slow');
    expect(provider!.seen() - before).toBe(1);
  });

  test('and falls silent ends with the error event, in time', async () => {
    const answer = await ask(chat, 'late-silence-pair');
    expectStatus(answer, 200);
    expect(answer.text).toContain('begun');
    expect(parseSse(answer.text).at(-1)!.data).toContain('silent');
  });

  test('loses nothing however fast it comes', async () => {
    const expected = Array.from({ length: burstPieces }, (_, index) => `${index} `).join('');
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(chat, 'burst-alone')));
    for (const answer of answers) expect(readChatStream(answer)).toBe(expected);
  });
});
