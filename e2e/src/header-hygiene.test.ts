import { post } from './clients/http.ts';
import { openRawConnection, rawRequest } from './clients/raw-http.ts';
import { expectStatus } from './expect-error.ts';
import { headersOf, models, pairs, useMockedGateway } from './fixtures/mocked-gateway.ts';

const running = useMockedGateway();

const canary = 'canary-7f3a';
/** Headers that a client may try: our own, Envoy's, those by which providers identify the caller, and those that say where the caller is. */
const spoofed = Object.fromEntries(
  [
    'authorization',
    'x-api-key',
    'api-key',
    'x-amz-date',
    'x-amz-security-token',
    'x-amz-content-sha256',
    'x-amz-target',
    'x-amz-user-agent',
    'x-amz-canary',
    'x-amzn-trace-id',
    'x-amzn-bedrock-service-tier',
    'x-amzn-bedrock-performanceconfig-latency',
    'x-ai-eg-canary',
    'x-ai-eg-model',
    'x-ai-eg-original-path',
    'x-ai-eg-internal-req-id',
    'x-ai-eg-upstream-host',
    'x-ai-eg-backend',
    'x-ai-eg-warnings',
    'x-gateway-destination-endpoint',
    'x-aigw-aws-access-key-id',
    'x-aigw-aws-secret-access-key',
    'x-envoy-original-path',
    'proxy-authorization',
    'cookie',
    'forwarded',
    'x-forwarded-host',
    'x-real-ip',
    'origin',
    'referer',
  ].map((name) => [name, `${canary}-${name}`]),
);

describe.each(pairs)('%s', (_, path, model) => {
  test.each([false, true])('no spoofed header reaches the provider (stream: %s)', async (stream) => {
    running.mock.clear();
    const body = { model, stream, max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }] };
    const answer = await post(running.gateway.url + path, body, spoofed);
    expectStatus(answer, 200);
    const seen = running.mock.requests();
    expect(seen).toHaveLength(1);
    expect(JSON.stringify([seen[0]!.path, seen[0]!.headers])).not.toContain(canary);
    const names = Object.keys(headersOf(seen[0]!));
    expect(names.filter((name) => name.startsWith('x-ai-eg-') || name.startsWith('x-aigw-'))).toEqual([]);
    expect(answer.text).not.toContain(canary);
    expect(JSON.stringify([...answer.headers])).not.toContain(canary);
  });
});

describe.each(pairs)('%s', (_, path, model) => {
  test('what a client says of the connection, and says twice, stays at the gateway', async () => {
    running.mock.clear();
    const body = JSON.stringify({ model, max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }] });
    const connection = openRawConnection(running.gateway.url);
    connection.write(
      rawRequest(`POST ${path}`, body, [
        ['authorization', `Bearer ${canary}`],
        ['Authorization', `Bearer ${canary}`],
        ['X-Amz-Date', canary],
        ['x-amz-date', canary],
        ['expect', canary],
        ['te', 'trailers'],
        ['trailer', canary],
        ['connection', 'keep-alive, x-private'],
        ['x-private', canary],
      ]),
    );
    expect(await connection.answers(1)).toContain('HTTP/1.1 200 ');
    connection.close();
    const [seen] = running.mock.requests();
    expect(JSON.stringify(seen!.headers)).not.toContain(canary);
    expect(headersOf(seen!)).not.toHaveProperty('te');
  });
});

test("the route follows the body's model, whatever the client's own header says", async () => {
  running.mock.clear();
  const body = { model: models.anthropic, max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }] };
  const answer = await post(`${running.gateway.url}/v1/messages`, body, { 'x-ai-eg-model': models.llama });
  expect(answer.status).toBe(200);
  expect(running.mock.requests().map(({ path }) => path)).toEqual(['/v1/messages']);
});
