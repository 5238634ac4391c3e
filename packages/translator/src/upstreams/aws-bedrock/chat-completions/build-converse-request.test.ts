import fc from 'fast-check';
import { TranslationError } from '../../../errors.ts';
import { assistant, call, models, result, sendChat } from '../../../testing/converse.ts';
import { jsonOf } from '../../../testing/run-translator.ts';

test('a whole conversation with a tool that only its history names [A25]', () => {
  const weather = {
    model: models.sonnet45,
    max_tokens: 50,
    stop: 'END',
    service_tier: 'auto',
    messages: [
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'weather?' },
      assistant(call('c1', 'get.w', '')),
      result('c1', 'sunny'),
      { role: 'user', content: 'thanks' },
    ],
  };
  expect(jsonOf(sendChat(weather).body)).toEqual({
    system: [{ text: 'Be brief' }],
    messages: [
      { role: 'user', content: [{ text: 'weather?' }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'c1', name: 'get_w', input: {} } }] },
      {
        role: 'user',
        content: [{ toolResult: { toolUseId: 'c1', content: [{ text: 'sunny' }] } }, { text: 'thanks' }],
      },
    ],
    inferenceConfig: { maxTokens: 50, stopSequences: ['END'] },
    toolConfig: {
      tools: [{ toolSpec: { name: 'get_w', inputSchema: { json: { type: 'object', properties: {} } } } }],
    },
  });
  expect(sendChat(weather).warnings).toEqual([]);
});

test('whatever the fields hold, the answer is a request or an error that names the field', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const part = fc.record(
    {
      type: fc.constantFrom(
        'text',
        'image_url',
        'file',
        'input_audio',
        'thinking',
        'redacted_thinking',
        'refusal',
      ),
      text: value,
      image_url: fc.oneof(
        value,
        fc.record({ url: fc.oneof(value, fc.constant('data:image/png;base64,QUJD')) }),
      ),
      file: fc.oneof(value, fc.record({ file_data: value, filename: value })),
      input_audio: value,
      cache_control: value,
    },
    { requiredKeys: ['type'] },
  );
  const message = fc.record(
    {
      role: fc.constantFrom('system', 'user', 'assistant', 'tool', 'function'),
      content: fc.oneof(value, fc.array(part)),
      tool_calls: fc.oneof(
        value,
        fc.array(fc.record({ id: value, function: fc.record({ name: value, arguments: value }) })),
      ),
      tool_call_id: value,
      thinking_blocks: value,
      reasoning_content: value,
      function_call: value,
      name: value,
    },
    { requiredKeys: ['role'] },
  );
  const rest = fc.record(
    {
      tools: fc.oneof(
        value,
        fc.array(
          fc.record({
            type: fc.constant('function'),
            function: fc.record({ name: fc.string(), parameters: value }),
          }),
        ),
      ),
      tool_choice: value,
      response_format: value,
      stop: value,
      thinking: value,
      reasoning_effort: value,
      metadata: value,
      max_tokens: value,
      service_tier: value,
      additionalModelRequestFields: value,
      stream_options: value,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(models)),
      fc.array(message),
      rest,
      (model, messages, fields) => {
        try {
          expect(jsonOf(sendChat({ model, messages, ...fields }).body)).toHaveProperty('messages');
        } catch (error) {
          if (!TranslationError.is(error)) throw error;
          expect(error.param).toBeDefined();
        }
      },
    ),
    { numRuns: 300 },
  );
});
