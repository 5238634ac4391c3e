import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { post } from './clients/http.ts';
import { expectError } from './expect-error.ts';
import { describeBackends, models, rules, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { reportFigure } from './report-figure.ts';
import { buildResources } from './fixtures/resources.ts';
import { listProcessTree } from './launchers/process-tree.ts';
import { waitUntil } from './wait-until.ts';

const wrongSecret = 'wrong/secret+canary7f3a0000000000000000000';
const wrong = (port: number): string =>
  buildResources(
    describeBackends(port).map((backend) => ({
      ...backend,
      ...(backend.aws === undefined ? {} : { aws: { ...backend.aws, secretAccessKey: wrongSecret } }),
      ...(backend.apiKey === undefined ? {} : { apiKey: `${wrongSecret}-openai` }),
      ...(backend.anthropicApiKey === undefined ? {} : { anthropicApiKey: `${wrongSecret}-anthropic` }),
    })),
    rules,
  );
const body = (model: string): object => ({
  model,
  max_tokens: 20,
  messages: [{ role: 'user', content: 'Hi.' }],
});

const running = useMockedGateway(wrong, { args: ['--log-level', 'debug'] });

test.each([
  ['chat completions to Converse', '/v1/chat/completions', models.llama, 'openai'],
  ['chat completions to InvokeModel', '/v1/chat/completions', models.invoke, 'openai'],
  ['messages to InvokeModel', '/v1/messages', models.invoke, 'anthropic'],
  ['messages to Converse', '/v1/messages', models.llama, 'anthropic'],
] as const)("a wrong secret key is a 403 with AWS's words: %s", async (_, path, model, dialect) => {
  for (const stream of [false, true]) {
    const answer = await post(running.gateway.url + path, { ...body(model), stream });
    expect(expectError(answer, dialect, 403)).toMatch(/signature we calculated does not match/i);
  }
});

test.each([
  ['/v1/chat/completions', models.openai, 'openai'],
  ['/v1/messages', models.anthropic, 'anthropic'],
] as const)("a wrong API key is the provider's 401: %s", async (path, model, dialect) => {
  expectError(await post(running.gateway.url + path, body(model)), dialect, 401);
});

test("the SDKs raise what they raise at the provider's own 401 and 403", async () => {
  const { url } = running.gateway;
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'k', maxRetries: 0 });
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'k', maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'Hi.' }];
  const chat = (model: string) => openai.chat.completions.create({ model, messages });
  const message = (model: string) => anthropic.messages.create({ model, messages, max_tokens: 20 });
  await expect(chat(models.llama)).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError);
  await expect(chat(models.openai)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  await expect(message(models.invoke)).rejects.toBeInstanceOf(Anthropic.PermissionDeniedError);
  await expect(message(models.anthropic)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
});

test('no secret is in a log, a metric, a process argument or a file that others may read', async () => {
  const { gateway } = running;
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const commands = listProcessTree(gateway.pid).map(({ command }) => command);
  for (const text of [gateway.logs(), metrics, ...commands]) expect(text).not.toContain('canary7f3a');
  const readable = readdirSync(gateway.temporaryFolder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(gateway.temporaryFolder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path, 'utf8').includes('canary7f3a'))
    .filter((path) => (statSync(path).mode & 0o077) !== 0);
  expect(readable).toEqual([]);
});

test('a corrected Secret takes effect by itself, and meanwhile no other request is lost', async () => {
  const { gateway, mock } = running;
  const start = performance.now();
  gateway.rewrite(buildResources(describeBackends(mock.port), rules));
  await waitUntil(
    'the new secret is used',
    async () => {
      const answer = await post(`${gateway.url}/v1/messages`, body(models.invoke));
      expect([200, 403]).toContain(answer.status);
      return answer.status === 200;
    },
    { withinMs: 15_000 },
  );
  reportFigure(`a rewritten Secret was used after ${Math.round(performance.now() - start)} ms`);
});
