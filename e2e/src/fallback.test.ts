import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { mockCredentials } from '@aigw/mock-providers';
import { post } from './clients/http.ts';
import { expectStatus } from './expect-error.ts';
import { readChatStream } from './expect-answer.ts';
import { describeBackends, headersOf, models, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { buildResources } from './fixtures/resources.ts';
import { findFreePort } from './launchers/free-port.ts';

interface SeenRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A provider that is down: answers everything with 503 and keeps what it was asked. */
async function startUnavailableProvider(): Promise<{ server: Server; port: number; seen: SeenRequest[] }> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization } = request.headers;
      seen.push({ path: request.url ?? '', authorization, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(503, { 'content-type': 'text/html' }).end('<html>down</html>');
    });
  });
  const port = await findFreePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, port, seen };
}

let down: Awaited<ReturnType<typeof startUnavailableProvider>> | undefined;
const running = useMockedGateway(async (port) => {
  down = await startUnavailableProvider();
  const first = { name: 'down', schema: { name: 'OpenAI' }, port: down.port, apiKey: 'key-of-the-first' };
  return buildResources(
    [...describeBackends(port), first],
    [
      {
        models: ['smart'],
        backends: [
          { name: 'down', modelNameOverride: 'gpt-first', priority: 0 },
          { name: 'invoke', modelNameOverride: models.invoke, priority: 1 },
        ],
      },
      { models: ['only-down'], backends: [{ name: 'down' }] },
    ],
  );
});
afterAll(() => {
  down?.server.close();
});
beforeEach(() => {
  down!.seen.length = 0;
  running.mock.clear();
});

const body = (model: string, stream: boolean): object => ({
  model,
  stream,
  max_tokens: 50,
  messages: [{ role: 'user', content: 'What is capital of France?' }],
});

test.each([false, true])(
  '503 falls back to a backend of another schema (stream: %s) [A122] [A123]',
  async (stream) => {
    const answer = await post(`${running.gateway.url}/v1/chat/completions`, body('smart', stream));
    expectStatus(answer, 200);
    const text = stream
      ? readChatStream(answer)
      : (answer.json() as { choices: [{ message: { content: string } }] }).choices[0].message.content;
    expect(text).toContain('Paris');

    // The first got its own dialect, model and key; the second its own translation and signature and nothing of the first's.
    expect(down!.seen[0]).toMatchObject({
      path: '/v1/chat/completions',
      authorization: 'Bearer key-of-the-first',
    });
    expect(JSON.parse(down!.seen[0]!.body)).toMatchObject({ model: 'gpt-first' });
    const [second] = running.mock.requests();
    expect(decodeURIComponent(second!.path)).toBe(
      `/model/${models.invoke}/invoke${stream ? '-with-response-stream' : ''}`,
    );
    expect(headersOf(second!)['authorization']).toMatch(
      new RegExp(`^AWS4-HMAC-SHA256 Credential=${mockCredentials.aws.accessKeyId}/\\d{8}/us-east-1/bedrock/`),
    );
    const sent = JSON.parse(second!.body.toString()) as object;
    expect(sent).toMatchObject({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 50 });
    expect(sent).not.toHaveProperty('model');
    expect(JSON.stringify([second!.headers, sent])).not.toContain('key-of-the-first');
  },
);

test('without a second backend the 503 reaches the caller in its dialect', async () => {
  const answer = await post(`${running.gateway.url}/v1/chat/completions`, body('only-down', false));
  expect(answer.status).toBe(503);
  expect(answer.json()).toMatchObject({ error: { message: expect.any(String), type: expect.any(String) } });
});
