import fc from 'fast-check';
import { answerConversation } from './answer-conversation.ts';
import type { Answer, Conversation, Part } from './conversation.ts';
import { countAnswerTokens } from './count-tokens.ts';
import { createPrefixCache } from './prefix-cache.ts';
import { isRedactedThinking, isSignedThinking } from './sign-thinking.ts';

const weather = {
  name: 'get_weather',
  description: 'Get the current weather in a given location',
  schema: {
    type: 'object',
    properties: { location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' } },
    required: ['location'],
  },
};
const time = { name: 'get_time', description: '', schema: { type: 'object', properties: {} } };

function converse(prompt: string | readonly Part[], changes: Partial<Conversation> = {}): Conversation {
  const parts: readonly Part[] = typeof prompt === 'string' ? [{ kind: 'text', text: prompt }] : prompt;
  return {
    system: '',
    turns: [{ role: 'user', parts }],
    tools: [],
    toolChoice: { kind: 'auto' },
    parallelTools: true,
    maxTokens: undefined,
    stopSequences: [],
    thinking: false,
    jsonSchema: undefined,
    segments: [{ tokens: 10, content: prompt }],
    ...changes,
  };
}

function answer(conversation: Conversation): Answer {
  let ids = 0;
  return answerConversation(conversation, {
    model: 'm',
    nowMs: 0,
    cache: createPrefixCache(),
    createToolUseId: () => `id-${++ids}`,
  });
}

function textOf({ blocks }: Answer): string {
  return blocks.map((block) => (block.kind === 'text' ? block.text : `<${block.kind}>`)).join('');
}

describe("the guides' prompts", () => {
  test.each([
    ['What is capital of France?', /^The capital of France is Paris\.$/],
    ['What is the capital of France?', /^The capital of France is Paris\.$/],
    ['Count from 1 to 5.', /^1, 2, 3, 4, 5$/],
    ['Count to 10', /^1, 2, 3, 4, 5, 6, 7, 8, 9, 10$/],
    ['Hi.', /^Hello! How can I help you today\?$/],
    ['Hello, Claude!', /^Hello! How can I help you today\?$/],
    [
      'Hello from AWS Bedrock via native Anthropic API!',
      /greeting from AWS Bedrock via native Anthropic API has arrived/,
    ],
    ['Hello from EKS Pod Identity!', /greeting from EKS Pod Identity has arrived/],
    ['Tell me a short story.', /lighthouse/],
    ['Explain quantum computing', /qubits/],
    ['Write a function to calculate fibonacci numbers.', /def fibonacci/],
    [
      'Solve this puzzle: A farmer needs to cross a river with a fox, chicken, and bag of grain. The boat can only hold the farmer and one item. How does the farmer get everything across safely?',
      /Take the chicken across/,
    ],
  ])('%s', (prompt, expected) => {
    expect(textOf(answer(converse(prompt)))).toMatch(expected);
  });
});

describe('any other prompt', () => {
  test('is quoted in the answer', () => {
    expect(textOf(answer(converse('Why is the sky blue?')))).toContain('"Why is the sky blue?"');
  });
  test('is answered under the system prompt', () => {
    expect(textOf(answer(converse('Go on', { system: 'Be brief' })))).toContain('"Be brief"');
  });
  test('what an agent adds for the model alone is not part of the prompt', () => {
    const reminder = '<system-reminder>\nCall get_time, get_weather in Rome.\n</system-reminder>';
    const part = (text: string): Part => ({ kind: 'text', text });
    const parts = [part(reminder), part(`${reminder}What is the capital${reminder} of France?`)];
    const { blocks } = answer(converse(parts, { tools: [weather, time] }));
    expect(blocks).toEqual([{ kind: 'text', text: 'The capital of France is Paris.' }]);
    expect(textOf(answer(converse('<system-reminder> is a tag')))).toContain('"<system-reminder> is a tag"');
  });
  test('gets the same answer every time, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (prompt) => {
        const first = answer(converse(prompt));
        expect(textOf(first)).not.toBe('');
        expect(answer(converse(prompt))).toEqual(first);
      }),
    );
  });
  test('names of methods are prompts like any other', () => {
    expect(textOf(answer(converse('constructor')))).toContain('"constructor"');
  });
  test('counting is bounded', () => {
    expect(textOf(answer(converse('Count from 1 to 9999999'))).split(', ')).toHaveLength(10_000);
  });
  test('images and documents are mentioned', () => {
    const text = textOf(
      answer(
        converse([
          { kind: 'media', label: 'an image (png)' },
          { kind: 'media', label: 'a document (a, pdf)' },
          { kind: 'text', text: 'What is this?' },
        ]),
      ),
    );
    expect(text).toContain('I received an image (png) and a document (a, pdf).');
    expect(text).toContain('"What is this?"');
  });
});

describe('tools', () => {
  const calls = (prompt: string, changes: Partial<Conversation>): unknown[] =>
    answer(converse(prompt, changes)).blocks.map((block) =>
      block.kind === 'tool-use' ? [block.name, block.input] : block.kind,
    );

  test.each([
    [
      'the tool that the prompt is about',
      'What is the weather in San Francisco?',
      {},
      [['get_weather', { location: 'San Francisco, CA' }]],
    ],
    [
      'a place from the prompt',
      'What is the weather in Paris?',
      {},
      [['get_weather', { location: 'Paris' }]],
    ],
    [
      'one call for each place',
      'Compare the weather in Paris, Rome and New York.',
      {},
      [
        ['get_weather', { location: 'Paris' }],
        ['get_weather', { location: 'Rome' }],
        ['get_weather', { location: 'New York' }],
      ],
    ],
    [
      'several tools at once',
      'What are the weather and the time in Paris?',
      {},
      [
        ['get_weather', { location: 'Paris' }],
        ['get_time', {}],
      ],
    ],
    [
      'one call where parallel ones are forbidden',
      'What are the weather and the time in Paris?',
      { parallelTools: false },
      [['get_weather', { location: 'Paris' }]],
    ],
    ['text where no tool fits', 'Why is the sky blue?', {}, ['text']],
    [
      'text where tools are forbidden',
      'What is the weather in Paris?',
      { toolChoice: { kind: 'none' } },
      ['text'],
    ],
    [
      'any tool where one is demanded',
      'Why is the sky blue?',
      { toolChoice: { kind: 'any' } },
      [['get_weather', { location: 'San Francisco, CA' }]],
    ],
    [
      'the forced tool',
      'What is the weather in Paris?',
      { toolChoice: { kind: 'tool', name: 'get_time' } },
      [['get_time', {}]],
    ],
  ] as const)('%s', (_, prompt, changes, expected) => {
    expect(calls(prompt, { tools: [weather, time], ...changes })).toEqual(expected);
  });

  test('stop with tool-use', () => {
    expect(answer(converse('weather in Rome?', { tools: [weather] })).stop).toEqual({ reason: 'tool-use' });
  });

  test('results are quoted by the name of their tool, and no tool is called again', () => {
    const conversation = converse('', {
      tools: [weather],
      turns: [
        { role: 'user', parts: [{ kind: 'text', text: 'weather in Rome?' }] },
        {
          role: 'assistant',
          parts: [
            { kind: 'tool-use', id: 'a', name: 'get_weather' },
            { kind: 'tool-use', id: 'b', name: 'get_time' },
          ],
        },
        {
          role: 'user',
          parts: [
            { kind: 'tool-result', id: 'b', text: 'timeout', isError: true },
            { kind: 'tool-result', id: 'a', text: 'sunny', isError: false },
            { kind: 'text', text: 'So, the weather?' },
          ],
        },
      ],
    });
    expect(textOf(answer(conversation))).toBe(
      'Here is what I found. get_time failed: timeout\nget_weather returned: sunny',
    );
  });
});

describe('thinking', () => {
  test('comes first and is signed', () => {
    const [block] = answer(converse('Why?', { thinking: true })).blocks;
    expect(block?.kind === 'thinking' && isSignedThinking(block.text, block.signature)).toBe(true);
  });
  test('counts as output', () => {
    const { usage } = answer(converse('Why?', { thinking: true }));
    expect(usage.thinkingTokens).toBeGreaterThan(0);
    expect(usage.outputTokens).toBeGreaterThan(usage.thinkingTokens);
  });
  test('is redacted on demand', () => {
    const [block] = answer(
      converse('ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9', { thinking: true }),
    ).blocks;
    expect(block?.kind === 'redacted-thinking' && isRedactedThinking(block.data)).toBe(true);
  });
  test('is not repeated after tool results', () => {
    const parts: Part[] = [{ kind: 'tool-result', id: 'a', text: 'ok', isError: false }];
    expect(answer(converse(parts, { thinking: true })).blocks.map(({ kind }) => kind)).toEqual(['text']);
  });
});

describe('limits', () => {
  test('the text is cut where the tokens end', () => {
    const given = answer(converse('What is capital of France?', { maxTokens: 3 }));
    expect(given).toMatchObject({ stop: { reason: 'max-tokens' }, usage: { outputTokens: 3 } });
    expect(textOf(given)).toBe('The capital ');
  });
  test('exactly enough tokens cut nothing', () => {
    expect(answer(converse('What is capital of France?', { maxTokens: 8 })).stop).toEqual({ reason: 'end' });
  });
  test('no limit is ever exceeded and no character is cut in two', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (prompt, maxTokens, thinking) => {
          const given = answer(converse(prompt, { maxTokens, thinking }));
          expect(given.usage.outputTokens).toBeLessThanOrEqual(maxTokens);
          expect(isWellFormed(textOf(given))).toBe(isWellFormed(prompt));
        },
      ),
    );
  });
  test('the first stop sequence in the text ends it', () => {
    const given = answer(converse('Count to 10', { stopSequences: ['7', ', 4'] }));
    expect(given.stop).toEqual({ reason: 'stop-sequence', sequence: ', 4' });
    expect(textOf(given)).toBe('1, 2, 3');
  });
  test('a stop sequence at the start leaves nothing', () => {
    expect(answer(converse('Count to 3', { stopSequences: ['1'] })).blocks).toEqual([]);
  });
});

test('a schema makes the text JSON', () => {
  const jsonSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  expect(JSON.parse(textOf(answer(converse('Weather in Paris?', { jsonSchema }))))).toEqual({
    city: 'Paris',
  });
});

test("the guides' answer costs 8 tokens", () => {
  expect(countAnswerTokens('The capital of France is Paris.')).toBe(8);
});

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
