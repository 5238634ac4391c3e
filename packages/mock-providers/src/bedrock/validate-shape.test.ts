import { validateShape } from './validate-shape.ts';

const hello = { role: 'user', content: [{ text: 'hi' }] };
const withContent = (...content: unknown[]): object => ({ messages: [{ role: 'user', content }] });
const withTool = (toolSpec: object): object => ({
  toolConfig: { tools: [{ toolSpec: { inputSchema: { json: {} }, ...toolSpec } }] },
});
const use = (changes: object): object =>
  withContent({ toolUse: { toolUseId: 'a', name: 'f', input: {}, ...changes } });
const extraneous = (pointer: string, key: string): string =>
  `Malformed input request: ${pointer}: extraneous key [${key}] is not permitted, please reformat your input and try again.`;

describe('requests of the right shape', () => {
  test.each([
    ['the smallest', { messages: [hello] }],
    [
      'null members count as absent',
      { messages: [{ ...hello, content: [{ text: 'hi', image: null }] }], toolConfig: null },
    ],
    [
      'every inference setting at its bounds',
      { inferenceConfig: { maxTokens: 1, temperature: 0, topP: 1, stopSequences: ['a'] } },
    ],
    ['any JSON in a document', use({ input: { a: [1, null, { b: 'c' }] } })],
    ['a tool use id with every allowed character', use({ toolUseId: 'aZ09_.:-' })],
    ['an image', withContent({ image: { format: 'png', source: { bytes: 'aGk=' } } })],
    ['metadata', { requestMetadata: { 'a b': 'c_$' } }],
    ['service tier', { serviceTier: { type: 'flex' } }],
  ])('%s', (_, request) => {
    expect(validateShape(request, 'ConverseRequest')).toBeUndefined();
  });
});

describe('members that do not exist', () => {
  test.each([
    ['at the top', { messages: [hello], model: 'x' }, extraneous('#', 'model')],
    ['in a message', { messages: [{ ...hello, name: 'x' }] }, extraneous('#/messages/0', 'name')],
    [
      'in a block',
      withContent({ text: 'hi', cache_control: {} }),
      extraneous('#/messages/0/content/0', 'cache_control'),
    ],
    ['named like a method', { messages: [hello], constructor: {} }, extraneous('#', 'constructor')],
  ])('%s', (_, request, message) => {
    expect(validateShape(request, 'ConverseRequest')).toEqual({ name: 'ValidationException', message });
  });
});

describe('unions hold exactly one member', () => {
  test.each([
    ['none', withContent({}), '0 members are set'],
    [
      'two',
      withContent({ text: 'a', image: { format: 'png', source: { bytes: 'aGk=' } } }),
      '2 members are set',
    ],
    [
      'two tool choices',
      { toolConfig: { tools: [], toolChoice: { auto: {}, any: {} } } },
      '2 members are set',
    ],
  ])('%s', (_, request, message) => {
    expect(validateShape(request, 'ConverseRequest')?.message).toContain(message);
  });
});

describe('values of the wrong type', () => {
  test.each([
    ['a string for messages', { messages: 'hi' }, 'string at #/messages can not be converted to a list'],
    [
      'a string for content',
      { messages: [{ role: 'user', content: 'hi' }] },
      '#/messages/0/content can not be converted to a list',
    ],
    [
      'a number for text',
      withContent({ text: 1 }),
      'number at #/messages/0/content/0/text can not be converted to a String',
    ],
    ['a fraction for an integer', { inferenceConfig: { maxTokens: 1.5 } }, 'converted to an Integer'],
    ['a string for a float', { inferenceConfig: { topP: '1' } }, 'converted to a Float'],
    [
      'a string for a map',
      { requestMetadata: 'x' },
      'string at #/requestMetadata can not be converted to a map',
    ],
    [
      'a list for a structure',
      { inferenceConfig: [] },
      'a list at #/inferenceConfig can not be converted to a structure',
    ],
    ['a string for a boolean', withTool({ name: 'f', strict: 'yes' }), 'converted to a Boolean'],
    [
      'text where base64 belongs',
      withContent({ image: { format: 'png', source: { bytes: 'not base64' } } }),
      'base64 of the blob',
    ],
  ])('%s', (_, request, message) => {
    const problem = validateShape(request, 'ConverseRequest');
    expect(problem?.name).toBe('SerializationException');
    expect(problem?.message).toContain(message);
  });
});

describe('values out of their bounds', () => {
  const one = (at: string, rule: string): string =>
    `1 validation error detected: ${at} failed to satisfy constraint: ${rule}`;
  const namePattern = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+';

  test.each([
    [
      'no role',
      { messages: [{ content: [] }] },
      one("Value at 'messages.1.member.role'", 'Member must not be null'),
    ],
    [
      'an unknown role',
      { messages: [{ ...hello, role: 'tool' }] },
      one(
        "Value 'tool' at 'messages.1.member.role'",
        'Member must satisfy enum value set: [user, assistant, system]',
      ),
    ],
    [
      'a tool name with a dot',
      withTool({ name: 'get.w' }),
      one("Value 'get.w' at 'toolConfig.tools.1.member.toolSpec.name'", namePattern),
    ],
    [
      'a long tool name',
      withTool({ name: 'a'.repeat(65) }),
      one(
        `Value '${'a'.repeat(65)}' at 'toolConfig.tools.1.member.toolSpec.name'`,
        'Member must have length less than or equal to 64',
      ),
    ],
    [
      'an empty description',
      withTool({ name: 'f', description: '' }),
      one(
        "Value '' at 'toolConfig.tools.1.member.toolSpec.description'",
        'Member must have length greater than or equal to 1',
      ),
    ],
    [
      'a tool use id with a space',
      use({ toolUseId: 'a b' }),
      one(
        "Value 'a b' at 'messages.1.member.content.1.member.toolUse.toolUseId'",
        'Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+',
      ),
    ],
    [
      'no tools',
      { toolConfig: { tools: [] } },
      one("Value '[]' at 'toolConfig.tools'", 'Member must have length greater than or equal to 1'),
    ],
    [
      'no tokens',
      { inferenceConfig: { maxTokens: 0 } },
      one("Value '0' at 'inferenceConfig.maxTokens'", 'Member must have value greater than or equal to 1'),
    ],
    [
      'too hot',
      { inferenceConfig: { temperature: 1.5 } },
      one("Value '1.5' at 'inferenceConfig.temperature'", 'Member must have value less than or equal to 1'),
    ],
    [
      'a negative topP',
      { inferenceConfig: { topP: -1 } },
      one("Value '-1' at 'inferenceConfig.topP'", 'Member must have value greater than or equal to 0'),
    ],
    [
      'an empty stop sequence',
      { inferenceConfig: { stopSequences: [''] } },
      one(
        "Value '' at 'inferenceConfig.stopSequences.1.member'",
        'Member must have length greater than or equal to 1',
      ),
    ],
    [
      'too many stop sequences',
      { inferenceConfig: { stopSequences: Array(2501).fill('a') } },
      one("Value at 'inferenceConfig.stopSequences'", 'Member must have length less than or equal to 2500'),
    ],
    [
      'an empty system text',
      { system: [{ text: '' }] },
      one("Value '' at 'system.1.member.text'", 'Member must have length greater than or equal to 1'),
    ],
    [
      'no image bytes',
      withContent({ image: { format: 'png', source: { bytes: '' } } }),
      one(
        "Value at 'messages.1.member.content.1.member.image.source.bytes'",
        'Member must have length greater than or equal to 1',
      ),
    ],
    [
      'jpg for jpeg',
      withContent({ image: { format: 'jpg', source: { bytes: 'aGk=' } } }),
      one(
        "Value 'jpg' at 'messages.1.member.content.1.member.image.format'",
        'Member must satisfy enum value set: [png, jpeg, gif, webp]',
      ),
    ],
    [
      'metadata with a bad character',
      { requestMetadata: { a: 'é' } },
      one(
        "Value 'é' at 'requestMetadata.a.member'",
        'Member must satisfy regular expression pattern: [a-zA-Z0-9\\s:_@$#=/+,-.]{0,256}',
      ),
    ],
    [
      'too much metadata',
      { requestMetadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'v'])) },
      one("Value at 'requestMetadata'", 'Member must have length less than or equal to 16'),
    ],
    [
      'an unknown tier',
      { serviceTier: { type: 'auto' } },
      one(
        "Value 'auto' at 'serviceTier.type'",
        'Member must satisfy enum value set: [priority, default, flex, reserved]',
      ),
    ],
  ])('%s', (_, request, message) => {
    expect(validateShape(request, 'ConverseRequest')).toEqual({ name: 'ValidationException', message });
  });

  test('all of them are reported at once', () => {
    const problem = validateShape({ inferenceConfig: { maxTokens: 0, topP: 2 } }, 'ConverseRequest');
    expect(problem?.message).toMatch(/^2 validation errors detected: .*maxTokens.*; .*topP/);
  });
});

test('CountTokens has its own shape', () => {
  expect(validateShape({ input: { invokeModel: { body: 'e30=' } } }, 'CountTokensRequest')).toBeUndefined();
  expect(validateShape({}, 'CountTokensRequest')?.message).toContain("Value at 'input'");
  expect(validateShape({ input: {} }, 'CountTokensRequest')?.message).toContain('0 members are set');
});
