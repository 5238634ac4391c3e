import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { parseSse, post } from './clients/http.ts';
import { expectStatus } from './expect-error.ts';
import { describeBackends, models, pairs, rules, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { startOneByteRelay } from './fixtures/one-byte-relay.ts';
import { buildResources } from './fixtures/resources.ts';
import { type ProcessGateway, processLauncher } from './launchers/process-launcher.ts';

const running = useMockedGateway();

const messages = [{ role: 'user' as const, content: 'Count from 1 to 20.' }];
const bedrockModels = [models.llama, models.sonnet, models.invoke];
const fault = (name: string): { 'x-mock-fault': string } => ({ 'x-mock-fault': name });

describe('an exception in the middle of a stream', () => {
  test.each(Object.values(models))('raises in the OpenAI SDK: %s [A64]', async (model) => {
    const client = new OpenAI({ baseURL: `${running.gateway.url}/v1`, apiKey: 'k', maxRetries: 0 });
    const stream = await client.chat.completions.create(
      { model, messages, max_completion_tokens: 100, stream: true },
      { headers: fault('mid-stream-throttling') },
    );
    let chunks = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of stream) chunks += chunk.choices.length;
    };
    await expect(read()).rejects.toThrow(/./);
    expect(chunks).toBeGreaterThan(0);
  });

  test.each(Object.values(models))('raises in the Anthropic SDK: %s [A96]', async (model) => {
    const client = new Anthropic({ baseURL: running.gateway.url, apiKey: 'k', maxRetries: 0 });
    const request = { model, messages, max_tokens: 100 };
    const stream = client.messages.stream(request, { headers: fault('mid-stream-throttling') });
    let events = 0;
    stream.on('streamEvent', () => {
      events += 1;
    });
    await expect(stream.finalMessage()).rejects.toMatchObject({
      error: { error: { type: 'rate_limit_error' } },
    });
    expect(events).toBeGreaterThan(0);
  });

  test.each(pairs)('%s: the last event is the error, and there is no clean end', async (_, path, model) => {
    const body = { model, messages, max_tokens: 100, stream: true };
    const answer = await post(running.gateway.url + path, body, fault('mid-stream-throttling'));
    const events = parseSse(answer.text);
    const last = JSON.parse(events.at(-1)!.data) as { error?: { message?: string } };
    expect(last.error?.message).toMatch(/\S/);
    expect(answer.text).not.toContain('[DONE]');
    expect(answer.text).not.toContain('message_stop');
  });
});

/** Ids and times are the gateway's or the mock's own and differ from call to call. */
function withoutIdentity(text: string): string {
  return text
    .replaceAll(/"id":\s*"[^"]*"/g, '"id":""')
    .replaceAll(/"created":\s*\d+/g, '"created":0')
    .replaceAll(/"(request_id|system_fingerprint)":\s*"[^"]*"/g, '"$1":""');
}

describe('the bytes that a client sees do not depend on how the network split them', () => {
  let relay: Awaited<ReturnType<typeof startOneByteRelay>>;
  let split: ProcessGateway;
  beforeAll(async () => {
    relay = await startOneByteRelay(running.mock.port);
    split = await processLauncher.start({ yaml: buildResources(describeBackends(relay.port), rules) });
  }, 300_000);
  afterAll(async () => {
    await split.stop();
    relay.close();
  });

  describe.each([undefined, 'mid-stream-throttling', 'truncation', 'error-event'])('fault: %s', (name) => {
    test.each(pairs)('%s', async (_, path, model) => {
      const body = { model, messages, max_tokens: 100, stream: true };
      const headers = name === undefined ? {} : fault(name);
      const whole = await post(running.gateway.url + path, body, headers);
      const slowly = await post(split.url + path, body, headers);
      expect(whole.text).not.toBe('');
      expect([slowly.status, withoutIdentity(slowly.text)]).toEqual([
        whole.status,
        withoutIdentity(whole.text),
      ]);
    });
  });
});

describe.each(['truncation', 'bad-crc'])('%s', (name) => {
  test.each(
    pairs.filter(([, , model]) => name === 'truncation' || bedrockModels.some((known) => known === model)),
  )('%s: never a clean end', async (_, path, model) => {
    const body = { model, messages, max_tokens: 100, stream: true };
    const answer = await post(running.gateway.url + path, body, fault(name));
    const events = parseSse(answer.text);
    expect(JSON.parse(events.at(-1)!.data)).toHaveProperty('error');
    expect(answer.text).not.toContain('[DONE]');
    expect(answer.text).not.toContain('message_stop');
  });

  test.each(name === 'truncation' ? Object.values(models) : bedrockModels)(
    'raises in both SDKs: %s',
    async (model) => {
      const options = { apiKey: 'k', maxRetries: 0, defaultHeaders: fault(name) };
      const openai = new OpenAI({ ...options, baseURL: `${running.gateway.url}/v1` });
      const chat = openai.chat.completions.stream({ model, messages, max_completion_tokens: 100 });
      await expect(chat.finalChatCompletion()).rejects.toThrow(/./);
      const anthropic = new Anthropic({ ...options, baseURL: running.gateway.url });
      await expect(
        anthropic.messages.stream({ model, messages, max_tokens: 100 }).finalMessage(),
      ).rejects.toThrow(/./);
    },
  );
});

describe.each([
  ['throttling', 429],
  ['html-error', 503],
  ['empty-error', 500],
] as const)('before the first event: %s', (name, status) => {
  test.each(pairs)('%s: an error in the dialect of the caller', async (_, path, model) => {
    const body = { model, messages, max_tokens: 100, stream: true };
    const answer = await post(running.gateway.url + path, body, fault(name));
    expectStatus(answer, status);
    expect(answer.json()).toMatchObject({
      error: { type: expect.any(String), message: expect.stringMatching(/\S/) },
    });
  });
});
