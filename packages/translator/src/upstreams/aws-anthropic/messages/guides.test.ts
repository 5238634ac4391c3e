import { testContext, testRequest, testTarget, textOf } from '../../../testing/run-translator.ts';
import { createInvokeModelMessages } from './messages.ts';

/** The requests of the user guides, byte for byte, and what Bedrock gets for them. */
const model = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const path = `/model/${model}/invoke`;
const version = '"anthropic_version":"bedrock-2023-05-31"';

function build(body: string) {
  const request = testRequest('messages', body, { path: '/anthropic/v1/messages' });
  return createInvokeModelMessages(request, testTarget('AWSBedrock'), testContext).request();
}

const question = `"messages": [
      {
        "role": "user",
        "content": "What is the capital of France?"
      }
    ],
    "max_tokens": 100`;

const puzzle = `"messages": [
      {
        "role": "user",
        "content": "Solve this puzzle: A farmer needs to cross a river with a fox, chicken, and bag of grain. The boat can only hold the farmer and one item. How does the farmer get everything across safely?"
      }
    ],
    "max_tokens": 1000`;

const caching = `"system": [
      {
        "type": "text",
        "text": "You are an AI assistant specialized in Python programming. You help users write clean, efficient Python code.",
        "cache_control": {"type": "ephemeral"}
      }
    ],
    "messages": [
      {
        "role": "user",
        "content": "Write a function to calculate fibonacci numbers."
      }
    ],
    "max_tokens": 500`;

const tools = `"messages": [
      {
        "role": "user",
        "content": "What is the weather in San Francisco?"
      }
    ],
    "max_tokens": 500,
    "tools": [
      {
        "name": "get_weather",
        "description": "Get the current weather in a given location",
        "input_schema": {
          "type": "object",
          "properties": {
            "location": {
              "type": "string",
              "description": "The city and state, e.g. San Francisco, CA"
            }
          },
          "required": ["location"]
        }
      }
    ]`;

describe('the guides’ requests to Claude on Bedrock', () => {
  test.each([
    ['a question', question],
    ['prompt caching', caching],
    ['tool use', tools],
  ])('%s keeps every byte but the model', (_name, fields) => {
    const request = build(`{\n    "model": "${model}",\n    ${fields}\n  }`);
    expect(request.path).toBe(path);
    expect(textOf(request.body)).toBe(`{\n    ${fields},${version}\n  }`);
    expect(request.warnings).toEqual([]);
  });

  test('streaming', () => {
    const request = build(`{\n    "model": "${model}",\n    ${question},\n    "stream": true\n  }`);
    expect(request.path).toBe(`${path}-with-response-stream`);
    expect(textOf(request.body)).toBe(`{\n    ${question},${version}\n  }`);
  });

  test('extended thinking is dropped for a model without it, with a warning, and the rest goes out', () => {
    const thinking = `"thinking": {\n      "type": "enabled",\n      "budget_tokens": 5000\n    }`;
    const request = build(`{\n    "model": "${model}",\n    ${puzzle},\n    ${thinking}\n  }`);
    expect(textOf(request.body)).toBe(`{\n    ${puzzle},${version}\n  }`);
    expect(request.warnings).toEqual([
      { path: 'thinking', action: 'dropped', reason: 'model has no thinking' },
    ]);
  });
});
