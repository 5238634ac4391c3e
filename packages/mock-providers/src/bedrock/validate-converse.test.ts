import { redactThinking, signThinking } from '../brain/sign-thinking.ts';
import { validateConverse } from './validate-converse.ts';

const claude = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const old = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const llama = 'us.meta.llama3-2-1b-instruct-v1:0';

const user = (...content: object[]): object => ({ role: 'user', content });
const assistant = (...content: object[]): object => ({ role: 'assistant', content });
const hi = { text: 'hi' };
const use = (toolUseId = 't1', input: unknown = {}): object => ({ toolUse: { toolUseId, name: 'f', input } });
const result = (toolUseId = 't1', content: object[] = [hi]): object => ({
  toolResult: { toolUseId, content },
});
const toolConfig = { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] };
const document = (name: string): object => ({ document: { name, format: 'pdf', source: { bytes: 'aGk=' } } });
const point = (ttl?: string): object => ({ cachePoint: { type: 'default', ...(ttl ? { ttl } : {}) } });
const think = { thinking: { type: 'enabled', budget_tokens: 2000 } };
const reasoning = (text: string, signature?: string): object => ({
  reasoningContent: { reasoningText: { text, ...(signature === undefined ? {} : { signature }) } },
});

describe('accepted', () => {
  test.each([
    ['a turn', { messages: [user(hi)] }, claude],
    ['a prefilled answer', { messages: [user(hi), assistant({ text: 'I' })] }, claude],
    [
      'tool calls and their results',
      { messages: [user(hi), assistant(use('a'), use('b')), user(result('b'), result('a'), hi)], toolConfig },
      claude,
    ],
    [
      'a tool result without content',
      { messages: [user(hi), assistant(use()), user(result('t1', []))], toolConfig },
      claude,
    ],
    ['a document beside text', { messages: [user(document('q 1 (a) [b]-c'), { text: '.' })] }, claude],
    [
      'four cache points',
      { system: [hi, point()], messages: [user(hi, point(), hi, point(), hi, point('1h'))] },
      claude,
    ],
    ['cache points for Nova', { messages: [user(hi, point())] }, 'us.amazon.nova-pro-v1:0'],
    [
      'cache points behind an opaque ARN',
      { messages: [user(hi, point())] },
      'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2',
    ],
    [
      'thinking',
      { messages: [user(hi)], inferenceConfig: { maxTokens: 3000 }, additionalModelRequestFields: think },
      claude,
    ],
    [
      'signed thinking in the history',
      { messages: [user(hi), assistant(reasoning('hm', signThinking('hm')), hi), user(hi)] },
      claude,
    ],
    [
      'redacted thinking in the history',
      {
        messages: [
          user(hi),
          assistant({ reasoningContent: { redactedContent: redactThinking('x') } }, hi),
          user(hi),
        ],
      },
      claude,
    ],
    [
      'unsigned reasoning of other models',
      { messages: [user(hi), assistant(reasoning('hm'), hi), user(hi)] },
      'deepseek.r1-v1:0',
    ],
    [
      'a forced tool',
      { messages: [user(hi)], toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'f' } } } },
      claude,
    ],
    [
      "another family's fields",
      { messages: [user(hi)], additionalModelRequestFields: { inferenceConfig: { topK: 5 } } },
      'us.amazon.nova-pro-v1:0',
    ],
    [
      'Claude fields',
      {
        messages: [user(hi)],
        additionalModelRequestFields: {
          top_k: 5,
          anthropic_beta: ['context-1m-2025-08-07'],
          tool_choice: { type: 'none' },
        },
      },
      claude,
    ],
  ])('%s', (_, body, model) => {
    expect(validateConverse(body as never, model)).toBeUndefined();
  });
});

describe('refused', () => {
  test.each([
    ['no messages', {}, claude, /messages field is empty/],
    [
      'an assistant first',
      { messages: [assistant(hi)] },
      claude,
      /^A conversation must start with a user message\./,
    ],
    [
      'two users in a row',
      { messages: [user(hi), user(hi)] },
      claude,
      /must alternate between user and assistant roles/,
    ],
    [
      'two assistants in a row',
      { messages: [user(hi), assistant(hi), assistant(hi)] },
      claude,
      /must alternate/,
    ],
    [
      'empty content',
      { messages: [user(hi), assistant()] },
      claude,
      /^The content field in the Message object at messages\.1 is empty\./,
    ],
    [
      'blank text',
      { messages: [user({ text: ' \n' })] },
      claude,
      /^The text field in the ContentBlock object at messages\.0\.content\.0 is blank\. Add text/,
    ],
    [
      'empty text after another block',
      { messages: [user(hi, { text: '' })] },
      claude,
      /at messages\.0\.content\.1 is blank/,
    ],
    [
      'blank text in a tool result',
      { messages: [user(hi), assistant(use()), user(result('t1', [{ text: '' }]))], toolConfig },
      claude,
      /messages\.2\.content\.0\.toolResult\.content\.0 is blank/,
    ],
    [
      'blank system text',
      { system: [{ text: ' ' }], messages: [user(hi)] },
      claude,
      /^The text field in the SystemContentBlock object at system\.0 is blank/,
    ],
    [
      'tool input that is no object',
      { messages: [user(hi), assistant(use('t1', 'x')), user(result())], toolConfig },
      claude,
      /messages\.1\.content\.0\.toolUse\.input is invalid/,
    ],
    [
      'tool blocks without toolConfig',
      { messages: [user(hi), assistant(use()), user(result())] },
      claude,
      /^The toolConfig field must be defined/,
    ],
    [
      'a missing tool result',
      { messages: [user(hi), assistant(use('a'), use('b')), user(result('a'))], toolConfig },
      claude,
      /^Expected toolResult blocks at messages\.2\.content for the following Ids: b$/,
    ],
    [
      'text instead of a tool result',
      { messages: [user(hi), assistant(use()), user(hi)], toolConfig },
      claude,
      /^Expected toolResult blocks/,
    ],
    [
      'a tool result without a call',
      { messages: [user(result())], toolConfig },
      claude,
      /^The number of toolResult blocks at messages\.0\.content exceeds/,
    ],
    [
      'two results for one call',
      { messages: [user(hi), assistant(use()), user(result(), result())], toolConfig },
      claude,
      /toolResult blocks at messages\.2\.content contain duplicate Ids: t1/,
    ],
    [
      'two calls with one id',
      { messages: [user(hi), assistant(use(), use()), user(result())], toolConfig },
      claude,
      /toolUse blocks at messages\.1\.content contain duplicate Ids: t1/,
    ],
    [
      'a call by the user',
      { messages: [user(use())], toolConfig },
      claude,
      /only be used with the assistant role/,
    ],
    [
      'a document name with a dot',
      { messages: [user(document('a.pdf'), hi)] },
      claude,
      /can only contain alphanumeric/,
    ],
    [
      'a document name with two spaces',
      { messages: [user(document('a  b'), hi)] },
      claude,
      /more than one consecutive whitespace/,
    ],
    [
      'two documents of one name',
      { messages: [user(document('a'), document('a'), hi)] },
      claude,
      /contain a duplicate/,
    ],
    ['a document alone', { messages: [user(document('a'))] }, claude, /has a document but no text/],
    [
      'five cache points',
      { system: [hi, point()], messages: [user(hi, point(), hi, point(), hi, point(), hi, point())] },
      claude,
      /A maximum of 4 blocks with cachePoint may be provided\. Found 5\./,
    ],
    ['cache points for Llama', { messages: [user(hi, point())] }, llama, /did not allow prompt caching/],
    [
      'an hour of caching for an old Claude',
      { messages: [user(hi, point('1h'))] },
      old,
      /did not allow prompt caching/,
    ],
    [
      'a forced tool that is not there',
      { messages: [user(hi)], toolConfig: { ...toolConfig, toolChoice: { tool: { name: 'none' } } } },
      claude,
      /tool name none in toolConfig\.toolChoice\.tool does not match/,
    ],
    [
      'two tools of one name',
      { messages: [user(hi)], toolConfig: { tools: [...toolConfig.tools, ...toolConfig.tools] } },
      claude,
      /duplicate tool names/,
    ],
    [
      'a schema that is no object',
      {
        messages: [user(hi)],
        toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: {} } } }] },
      },
      claude,
      /inputSchema\.json\.type must be one of the following: object/,
    ],
    [
      'thinking on an old Claude',
      { messages: [user(hi)], additionalModelRequestFields: think },
      old,
      /thinking: Extra inputs are not permitted/,
    ],
    [
      'thinking on Llama',
      { messages: [user(hi)], additionalModelRequestFields: think },
      llama,
      /thinking: Extra inputs are not permitted/,
    ],
    [
      'too small a budget',
      {
        messages: [user(hi)],
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 100 } },
      },
      claude,
      /greater than or equal to 1024/,
    ],
    [
      'no budget',
      { messages: [user(hi)], additionalModelRequestFields: { thinking: { type: 'enabled' } } },
      claude,
      /budget_tokens: Field required/,
    ],
    [
      'a budget above the limit',
      { messages: [user(hi)], inferenceConfig: { maxTokens: 2000 }, additionalModelRequestFields: think },
      claude,
      /`max_tokens` must be greater than/,
    ],
    [
      'thinking with a temperature',
      { messages: [user(hi)], inferenceConfig: { temperature: 0.5 }, additionalModelRequestFields: think },
      claude,
      /`temperature` may only be set to 1/,
    ],
    [
      'thinking with a forced tool',
      {
        messages: [user(hi)],
        toolConfig: { ...toolConfig, toolChoice: { any: {} } },
        additionalModelRequestFields: think,
      },
      claude,
      /forces tool use/,
    ],
    [
      'a wrong signature',
      { messages: [user(hi), assistant(reasoning('hm', signThinking('hm!')), hi), user(hi)] },
      claude,
      /messages\.1\.content\.0: Invalid signature in thinking block/,
    ],
    [
      'an empty signature',
      { messages: [user(hi), assistant(reasoning('hm', ''), hi), user(hi)] },
      claude,
      /Invalid signature in thinking block/,
    ],
    [
      'a missing signature',
      { messages: [user(hi), assistant(reasoning('hm'), hi), user(hi)] },
      claude,
      /messages\.1\.content\.0\.thinking\.signature: Field required/,
    ],
    [
      'foreign redacted thinking',
      { messages: [user(hi), assistant({ reasoningContent: { redactedContent: 'aGk=' } }, hi), user(hi)] },
      claude,
      /Invalid data in redacted_thinking/,
    ],
    [
      'a signature for a model without them',
      { messages: [user(hi), assistant(reasoning('hm', 's'), hi), user(hi)] },
      'deepseek.r1-v1:0',
      /does not take a signature/,
    ],
    [
      'a field that Claude does not know',
      { messages: [user(hi)], additionalModelRequestFields: { reasoning_effort: 'low' } },
      claude,
      /reasoning_effort: Extra inputs are not permitted/,
    ],
    [
      'two tool choices',
      {
        messages: [user(hi)],
        toolConfig: { ...toolConfig, toolChoice: { auto: {} } },
        additionalModelRequestFields: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      },
      claude,
      /tool_choice\.type conflicts with toolConfig\.toolChoice/,
    ],
    [
      'a beta that Bedrock does not know',
      { messages: [user(hi)], additionalModelRequestFields: { anthropic_beta: ['made-up'] } },
      claude,
      /invalid beta flag/,
    ],
  ])('%s', (_, body, model, message) => {
    expect(validateConverse(body as never, model)).toMatch(message);
  });
});
