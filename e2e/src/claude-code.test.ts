import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { type Answer, post, readAnswer } from './clients/http.ts';
import { expectStatus } from './expect-error.ts';
import { type ClaudeCodeOptions, type ClaudeCodeResult, runClaudeCode } from './fixtures/claude-code.ts';
import { readMessageStream } from './expect-answer.ts';
import {
  claudeCodeBody,
  claudeCodeHeaders,
  type ClaudeCodeTurns,
  readSchema,
} from './fixtures/claude-code-request.ts';
import { findClaudeCode } from './fixtures/find-claude-code.ts';
import { describeBackends, models, rules, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { buildResources } from './fixtures/resources.ts';

/** Names of routes, which Claude Code does not know, and the models behind them. */
const aliases = {
  'team-sonnet': { name: 'invoke', modelNameOverride: models.invoke },
  'team-claude': { name: 'bedrock', modelNameOverride: models.sonnet },
  'team-opus': { name: 'bedrock', modelNameOverride: 'us.anthropic.claude-opus-4-6-v1' },
};

const running = useMockedGateway((port) =>
  buildResources(describeBackends(port), [
    ...rules,
    ...Object.entries(aliases).map(([name, backend]) => ({ models: [name], backends: [backend] })),
  ]),
);

const cases = [
  ['InvokeModel', models.invoke, true],
  ['InvokeModel by model', models.sonnet, true],
  ['Anthropic', models.anthropic, true],
  ['Converse', models.llama, false],
  ['OpenAI', models.openai, false],
  ['InvokeModel, an alias', 'team-sonnet', false],
  ['InvokeModel, an alias of a model without thinking', 'team-claude', false],
  ['InvokeModel, an alias of a model with adaptive thinking', 'team-opus', false],
] as const;

const path = '/v1/messages?beta=true';
const ephemeral = { type: 'ephemeral' };
const file = '/srv/project/notes.txt';
const lastRequest = (): ReturnType<typeof running.mock.requests>[number] => running.mock.requests().at(-1)!;

describe.each(cases)('what Claude Code sends, to %s', (_, model, knowsModel) => {
  const headers = claudeCodeHeaders(knowsModel);
  const send = (turns: ClaudeCodeTurns): Promise<Answer> =>
    post(running.gateway.url + path, claudeCodeBody(model, turns, knowsModel), headers);

  beforeEach(() => {
    running.mock.clear();
  });
  afterEach(() => {
    expect(running.mock.requests().map(({ status }) => status)).not.toContain(400);
  });

  test('is answered, and the schema of its tool arrives byte for byte', async () => {
    const answer = await send({ prompt: 'What is the capital of France?' });
    expectStatus(answer, 200);
    expect(readMessageStream(answer)).toBe('The capital of France is Paris.');
    expect(lastRequest().body.toString()).toContain(readSchema);
    expect(JSON.stringify(lastRequest().headers)).not.toContain('unused');
  });

  test.each([
    ['text', 'The lamp is green.', 'The lamp is green.'],
    ['the tools that it searched for', [{ type: 'tool_reference', tool_name: 'Read' }], ''],
  ])('works on with the results of its tools, thoughts included: %s', async (_kind, result, expected) => {
    const client = new Anthropic({ baseURL: running.gateway.url, apiKey: 'unused', maxRetries: 0 });
    const prompt = `Read ${file}`;
    const request = JSON.parse(
      claudeCodeBody(model, { prompt }, knowsModel),
    ) as Anthropic.MessageStreamParams;
    const { content, stop_reason: reason } = await client.messages
      .stream(request, { headers, query: { beta: 'true' } })
      .finalMessage();
    expect(reason).toBe('tool_use');
    const call = content.find((block) => block.type === 'tool_use')!;
    expect(call).toMatchObject({ name: 'Read', input: { file_path: expect.stringContaining(file) } });
    const results = [
      { type: 'tool_result', tool_use_id: call.id, content: result, cache_control: ephemeral },
    ];
    const answer = await send({ prompt, worked: { assistant: content, results } });
    expectStatus(answer, 200);
    expect(readMessageStream(answer)).toContain(`Read returned: ${expected}`);
  });

  test('has its tokens counted', async () => {
    const {
      stream: _stream,
      max_tokens: _most,
      ...body
    } = JSON.parse(claudeCodeBody(model, { prompt: 'Hello.' }, knowsModel)) as Record<string, unknown>;
    const answer = await post(`${running.gateway.url}/v1/messages/count_tokens?beta=true`, body, headers);
    expectStatus(answer, 200);
    expect((answer.json() as { input_tokens: number }).input_tokens).toBeGreaterThan(50);
  });
});

test('the models that Claude Code can choose from are listed in its form', async () => {
  const headers = claudeCodeHeaders(true);
  const answer = await readAnswer(await fetch(`${running.gateway.url}/v1/models?limit=1000`, { headers }));
  expectStatus(answer, 200);
  const { data, has_more: more } = answer.json() as {
    data: { id: string; type: string }[];
    has_more: boolean;
  };
  expect(more).toBe(false);
  for (const id of [models.invoke, models.anthropic, ...Object.keys(aliases)]) {
    expect(data).toContainEqual(expect.objectContaining({ id, type: 'model' }));
  }
});

const claudeCode = findClaudeCode();
// 360 MB, so it is no dependency; README.md says how to have these tests run, and `npm test` says where they are left out.
const describeWithClaudeCode = claudeCode === undefined ? describe.skip : describe;

describeWithClaudeCode('Claude Code itself', () => {
  const run = async (options: Omit<ClaudeCodeOptions, 'url'>): Promise<ClaudeCodeResult> => {
    const { answer, otherHosts } = await runClaudeCode(claudeCode!, { ...options, url: running.gateway.url });
    expect(otherHosts).toEqual([]);
    return answer;
  };
  beforeEach(() => {
    running.mock.clear();
  });
  afterEach(() => {
    const statuses = running.mock.requests().map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test.each([...Object.values(models), ...Object.keys(aliases)])('answers a prompt: %s', async (model) => {
    const answer = await run({ prompt: () => 'What is the capital of France?', model });
    expect(answer).toMatchObject({
      subtype: 'success',
      is_error: false,
      num_turns: 1,
      result: 'The capital of France is Paris.',
    });
    expect(answer.usage.output_tokens).toBeGreaterThan(0);
  });

  test.each([...Object.values(models), ...Object.keys(aliases)])('reads a file: %s', async (model) => {
    const answer = await run({
      prompt: (folder) => join(folder, 'read-me.txt'),
      files: { 'read-me.txt': 'The lamp is green.\n' },
      args: ['--allowedTools', 'Read'],
      model,
    });
    expect(answer).toMatchObject({ subtype: 'success', is_error: false, num_turns: 2 });
    expect(answer.result).toContain('The lamp is green.');
    expect(running.mock.requests()).toHaveLength(2);
  });
});
