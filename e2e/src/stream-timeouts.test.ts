import { parseSse, post } from './clients/http.ts';
import { expectError, expectStatus } from './expect-error.ts';
import { useMockedGateway } from './fixtures/mocked-gateway.ts';
import { buildResources } from './fixtures/resources.ts';
import { type ScriptedProvider, startScriptedProvider } from './fixtures/scripted-provider.ts';

/** Begins a stream with one piece, or with nothing, and is silent from then on. */
let silent: ScriptedProvider;
const running = useMockedGateway(
  async () => {
    silent = await startScriptedProvider((response, request) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const choices = [{ index: 0, delta: { content: 'x' }, finish_reason: null }];
      if (request.url === '/begun/chat/completions')
        response.write(`data: ${JSON.stringify({ id: 'c', model: 'm', choices })}\n\n`);
      else response.flushHeaders();
    });
    const backends = ['begun', 'empty'].map((prefix) => ({
      name: prefix,
      schema: { name: 'OpenAI', prefix },
      port: silent.port,
      apiKey: 'k',
    }));
    return buildResources(
      backends,
      backends.map(({ name }) => ({ models: [name], backends: [{ name }] })),
    );
  },
  { args: ['--first-event-timeout', '1s', '--stream-idle-timeout', '2s'] },
);
afterAll(() => {
  silent.close();
});

const ask = (model: string): object => ({
  model,
  stream: true,
  messages: [{ role: 'user', content: 'Hi.' }],
});

test('a stream that falls silent ends with an error event after the time that the flag says', async () => {
  const answer = await post(`${running.gateway.url}/v1/chat/completions`, ask('begun'));
  expectStatus(answer, 200);
  const events = parseSse(answer.text);
  expect(JSON.parse(events.at(-1)!.data)).toMatchObject({
    error: { code: 'stream_idle_timeout', message: expect.stringContaining('2 s') },
  });
});

test('a stream that does not begin is an error after the time that the flag says', async () => {
  const answer = await post(`${running.gateway.url}/v1/chat/completions`, ask('empty'));
  expect(expectError(answer, 'openai', answer.status)).toMatch(/1 s/);
  expect(answer.status).toBeGreaterThanOrEqual(500);
});
