import { post } from './clients/http.ts';
import { expectStatus } from './expect-error.ts';
import { describeBackends, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { buildResources } from './fixtures/resources.ts';

const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3';
const modelCapabilities = [
  {
    match: arn.replace('a1b2c3', '*'),
    family: 'claude',
    reasoning: 'thinking-budget',
    structuredOutput: 'native',
    cachePoint: true,
    cacheTtl1h: true,
  },
];
const older = [{ match: 'older-server', maxTokensField: 'max_tokens' }];

const running = useMockedGateway((port) => {
  const [bedrock, , , openai] = describeBackends(port);
  return buildResources(
    [
      { ...bedrock!, spec: { modelCapabilities } },
      { ...bedrock!, name: 'unhinted' },
      { ...openai!, spec: { modelCapabilities: older } },
    ],
    [
      { models: ['hinted'], backends: [{ name: 'bedrock', modelNameOverride: arn }] },
      { models: ['unhinted'], backends: [{ name: 'unhinted', modelNameOverride: arn }] },
      { models: ['gpt'], backends: [{ name: 'openai', modelNameOverride: 'older-server' }] },
    ],
  );
});

const cached = { type: 'text', text: 'Hi.', cache_control: { type: 'ephemeral', ttl: '1h' } };
const format = {
  type: 'json_schema',
  json_schema: {
    name: 'a',
    schema: { type: 'object', properties: {}, required: [], additionalProperties: false },
  },
};

async function sendChat(more: object): Promise<{ sent: unknown; warnings: string | null }> {
  running.mock.clear();
  const body = { max_completion_tokens: 9000, messages: [{ role: 'user', content: [cached] }], ...more };
  const answer = await post(`${running.gateway.url}/v1/chat/completions`, body);
  expectStatus(answer, 200);
  const [seen] = running.mock.requests();
  return {
    sent: JSON.parse(seen!.body.toString()) as unknown,
    warnings: answer.headers.get('x-ai-eg-warnings'),
  };
}

test('an ARN that says nothing has thinking and an hour of caching once configuration says so', async () => {
  const { sent, warnings } = await sendChat({ model: 'hinted', reasoning_effort: 'medium' });
  expect(sent).toMatchObject({
    messages: [{ content: [{ text: 'Hi.' }, { cachePoint: { type: 'default', ttl: '1h' } }] }],
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } },
  });
  expect(warnings).toBeNull();
});

test('and structured output', async () => {
  const { sent, warnings } = await sendChat({ model: 'hinted', response_format: format });
  expect(sent).toHaveProperty('outputConfig.textFormat.type', 'json_schema');
  expect(warnings).toBeNull();
});

test('without a word it has none of them, and the client is told', async () => {
  const { sent, warnings } = await sendChat({ model: 'unhinted', reasoning_effort: 'medium' });
  expect(JSON.stringify(sent)).not.toMatch(/thinking|cachePoint/);
  expect(warnings).toMatch(/reasoning_effort/);
  expect(warnings).toMatch(/cache_control/);
});

test('a server gets the limit under the name that it takes', async () => {
  const { sent, warnings } = await sendChat({ model: 'gpt' });
  expect(sent).toMatchObject({ max_tokens: 9000 });
  expect(sent).not.toHaveProperty('max_completion_tokens');
  expect(warnings).toMatch(/max_completion_tokens/);
});
