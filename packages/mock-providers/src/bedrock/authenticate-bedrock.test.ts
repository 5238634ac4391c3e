import { jsonOf, send } from '../__fixtures__/send.ts';
import type { Received } from '../__fixtures__/send.ts';
import { signRequest } from '../__fixtures__/sign-request.ts';
import { mockCredentials, startMockProviders } from '../mock-providers.ts';
import type { MockProviders } from '../mock-providers.ts';

const host = 'bedrock-runtime.us-east-1.amazonaws.com';
const claude = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const converseBody = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hi.' }] }] });
const messages = [{ role: 'user', content: 'Hi.' }];

let mock: MockProviders;
beforeAll(async () => {
  mock = await startMockProviders();
});
afterAll(() => mock.close());

describe('authentication', () => {
  const path = `/model/${claude}/converse`;
  const signed = { path, body: converseBody, host };

  test.each([
    ['another secret', { secretAccessKey: 'wrong' }, 'InvalidSignatureException'],
    ['another key', { accessKeyId: 'AKIAOTHER' }, 'UnrecognizedClientException'],
    ['another region than the host', { region: 'eu-west-1' }, 'InvalidSignatureException'],
    ['an old date', { date: new Date(Date.now() - 600_000) }, 'InvalidSignatureException'],
  ])('%s', async (_, changes, name) => {
    const answer = await send(mock.url, path, {
      body: converseBody,
      headers: signRequest({ ...signed, ...changes }),
    });
    expect(answer.status).toBe(403);
    expect(answer.headers['x-amzn-errortype']).toMatch(
      new RegExp(`^${name}:http://internal.amazon.com/coral/`),
    );
    expect(Object.keys(jsonOf(answer) as object)).toEqual(['message']);
  });

  test("AWS's own words for a wrong signature", async () => {
    const answer = await send(mock.url, path, { body: `${converseBody} `, headers: signRequest(signed) });
    expect((jsonOf(answer) as { message: string }).message).toMatch(
      /^The request signature we calculated does not match/,
    );
  });

  test('no authorization', async () => {
    const answer = await send(mock.url, path, { body: converseBody });
    expect(answer.headers['x-amzn-errortype']).toMatch(/^MissingAuthenticationTokenException:/);
  });

  test('Bedrock API keys', async () => {
    const withKey = (key: string): Promise<Received> =>
      send(mock.url, path, { body: converseBody, headers: { authorization: `Bearer ${key}` } });
    expect((await withKey(mockCredentials.bedrockApiKey)).status).toBe(200);
    expect((await withKey('other')).status).toBe(403);
  });

  test('credentials can be replaced while it runs', async () => {
    const own = await startMockProviders({ credentials: [{ accessKeyId: 'A', secretAccessKey: 'one' }] });
    const ask = async (secretAccessKey: string): Promise<number> => {
      const headers = signRequest({ ...signed, accessKeyId: 'A', secretAccessKey });
      return (await send(own.url, path, { body: converseBody, headers })).status;
    };
    expect([await ask('one'), await ask('two')]).toEqual([200, 403]);
    own.setCredentials([{ accessKeyId: 'A', secretAccessKey: 'two' }]);
    expect([await ask('one'), await ask('two')]).toEqual([403, 200]);
    await own.close();
  });

  test('a given region counts where the host names none', async () => {
    const own = await startMockProviders({ region: 'eu-west-1' });
    const ask = async (region: string): Promise<number> => {
      const headers = signRequest({ ...signed, host: '127.0.0.1', region });
      return (await send(own.url, path, { body: converseBody, headers })).status;
    };
    expect([await ask('eu-west-1'), await ask('us-east-1')]).toEqual([200, 403]);
    await own.close();
  });

  test('nothing is verified when told so', async () => {
    const own = await startMockProviders({ verify: false });
    const body = JSON.stringify({ model: 'm', max_tokens: 9, messages });
    const answers = await Promise.all([
      send(own.url, path, { body: converseBody }),
      send(own.url, '/v1/messages', { body, headers: { 'anthropic-version': '2023-06-01' } }),
      send(own.url, '/v1/chat/completions', { body }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await own.close();
  });
});
