import fc from 'fast-check';
import { createTranslator } from '../../../registry.ts';
import {
  finishBuffered,
  jsonOf,
  startTranslator,
  testContext,
  testHead,
  testRequest,
  testTarget,
  textOf,
} from '../../../testing/run-translator.ts';
import type { ClientResponse, UpstreamRequest, UpstreamTarget } from '../../../translator.ts';

const bedrock = testTarget('AWSBedrock');
const titan1 = 'amazon.titan-embed-text-v1';
const titan2 = 'amazon.titan-embed-text-v2:0';
const cohere3 = 'cohere.embed-multilingual-v3';
const cohere4 = 'us.cohere.embed-v4:0';
const nova = 'amazon.nova-2-multimodal-embeddings-v1:0';
const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';

function send(body: object, target: UpstreamTarget = bedrock): UpstreamRequest {
  return createTranslator(testRequest('embeddings', body), target, testContext).request();
}
const sent = (body: object, target?: UpstreamTarget): unknown => jsonOf(send(body, target).body);

function finish(request: object, answer: unknown, headers: Record<string, string> = {}): ClientResponse {
  const translator = startTranslator(createTranslator, testRequest('embeddings', request), bedrock);
  const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return finishBuffered(translator, testHead(200, 'application/json', headers), body);
}

describe('Titan', () => {
  test('a text goes to InvokeModel [A120]', () => {
    const { path, body, model, warnings, headers } = send({ model: titan2, input: 'hi', dimensions: 256 });
    expect(path).toBe('/model/amazon.titan-embed-text-v2:0/invoke');
    expect(textOf(body)).toBe('{"inputText":"hi","dimensions":256}');
    expect({ model, warnings }).toEqual({ model: titan2, warnings: [] });
    expect(headers.set).toContainEqual(['accept-encoding', 'identity']);
  });

  test('a list of one text is a text, a list of two is refused with what to do [A120]', () => {
    expect(sent({ model: titan1, input: ['hi'] })).toEqual({ inputText: 'hi' });
    expect(() => send({ model: titan1, input: ['a', 'b'] })).toThrow(
      'input has 2 texts, and the model takes one text in a request: send several requests',
    );
  });

  test.each([
    [titan1, { dimensions: 256 }, 'leave it out'],
    [titan2, { dimensions: 300 }, 'use 256, 512, 1024'],
  ])('%s with %j is refused', (model, more, hint) => {
    expect(() => send({ model, input: 'hi', ...more })).toThrow(hint);
  });

  test('normalize is for version 2', () => {
    expect(sent({ model: titan2, input: 'hi', normalize: false })).toEqual({
      inputText: 'hi',
      normalize: false,
    });
    expect(send({ model: titan1, input: 'hi', normalize: true }).warnings).toEqual([
      expect.objectContaining({ path: 'normalize', action: 'dropped' }),
    ]);
  });

  test.each([
    { embedding: [0.1], inputTextTokenCount: 3 },
    { embedding: [9], embeddingsByType: { float: [0.1] }, inputTextTokenCount: 3 },
  ])('%j becomes a list of one', (answer) => {
    const { body, usage, responseModel } = finish({ model: titan2, input: 'hi' }, answer);
    expect(textOf(body)).toBe(
      `{"object":"list","model":"${titan2}","data":[{"object":"embedding","index":0,"embedding":[0.1]}],"usage":{"prompt_tokens":3,"total_tokens":3}}`,
    );
    expect({ usage, responseModel }).toEqual({
      usage: { inputTokens: 3, totalTokens: 3 },
      responseModel: titan2,
    });
  });

  test('numbers keep their digits', () => {
    const { body } = finish(
      { model: titan2, input: 'hi' },
      '{"embedding":[1.0, 0.10000000000000000555,-1e-7]}',
    );
    expect(textOf(body)).toContain('"embedding":[1.0, 0.10000000000000000555,-1e-7]');
  });

  test('base64 is of 32-bit floats, little-endian [A120]', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true })), (numbers) => {
        const plain = numbers.map((number) => number + 0);
        const { body } = finish(
          { model: titan2, input: 'hi', encoding_format: 'base64' },
          { embedding: plain },
        );
        const { data } = jsonOf(body) as { data: { embedding: string }[] };
        const bytes = Uint8Array.from(atob(data[0]!.embedding), (character) => character.charCodeAt(0));
        const read = new DataView(bytes.buffer);
        expect(plain.map((_number, index) => read.getFloat32(4 * index, true) + 0)).toEqual(plain);
        expect(bytes).toHaveLength(4 * plain.length);
      }),
    );
  });
});

describe('Cohere', () => {
  test('a batch goes out whole, with a purpose [A121]', () => {
    expect(sent({ model: cohere3, input: ['a', 'b', 'c'], truncate: 'END' })).toEqual({
      texts: ['a', 'b', 'c'],
      input_type: 'search_document',
      truncate: 'END',
      embedding_types: ['float'],
    });
    expect(sent({ model: cohere4, input: 'a', input_type: 'search_query', dimensions: 512 })).toEqual({
      texts: ['a'],
      input_type: 'search_query',
      embedding_types: ['float'],
      output_dimension: 512,
    });
  });

  test('more than 96 texts, and sizes that version 3 has not, are refused', () => {
    const texts = Array.from({ length: 97 }, () => 'x');
    expect(sent({ model: cohere3, input: texts.slice(1) })).toMatchObject({ texts: texts.slice(1) });
    expect(() => send({ model: cohere3, input: texts })).toThrow('takes 96 texts');
    expect(() => send({ model: cohere3, input: 'x', dimensions: 512 })).toThrow('leave it out');
  });

  test.each([{ embeddings: [[1], [2], [3]] }, { embeddings: { float: [[1], [2], [3]] } }])(
    '%j comes back in order, with the tokens of the header [A121]',
    (answer) => {
      const headers = { 'x-amzn-bedrock-input-token-count': '7' };
      const { body, usage } = finish({ model: cohere4, input: ['a', 'b', 'c'] }, answer, headers);
      expect(jsonOf(body)).toMatchObject({
        data: [
          { index: 0, embedding: [1] },
          { index: 1, embedding: [2] },
          { index: 2, embedding: [3] },
        ],
        usage: { prompt_tokens: 7, total_tokens: 7 },
      });
      expect(usage).toEqual({ inputTokens: 7, totalTokens: 7 });
    },
  );

  test('without a count there is no usage to record', () => {
    const { body, usage } = finish({ model: cohere4, input: 'a' }, { embeddings: [[1]] });
    expect(usage).toEqual({});
    expect(jsonOf(body)).toMatchObject({ usage: { prompt_tokens: 0, total_tokens: 0 } });
  });
});

describe('Nova', () => {
  test('a text goes out with its purpose and size', () => {
    expect(sent({ model: nova, input: 'hi', dimensions: 1024 })).toEqual({
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        embeddingPurpose: 'GENERIC_INDEX',
        embeddingDimension: 1024,
        text: { truncationMode: 'END', value: 'hi' },
      },
    });
    expect(sent({ model: nova, input: 'hi', input_type: 'search_query' })).toMatchObject({
      singleEmbeddingParams: { embeddingPurpose: 'GENERIC_RETRIEVAL' },
    });
    expect(() => send({ model: nova, input: 'hi', input_type: 'image' })).toThrow(/^input_type is "image"/);
    expect(() => send({ model: nova, input: ['a', 'b'] })).toThrow('takes one text');
  });

  test('its answer is a list of one', () => {
    const answer = { embeddings: [{ embeddingType: 'TEXT', embedding: [0.5] }], inputTokenCount: 2 };
    const { body, usage } = finish({ model: nova, input: 'hi' }, answer);
    expect(jsonOf(body)).toMatchObject({
      data: [{ index: 0, embedding: [0.5] }],
      usage: { prompt_tokens: 2 },
    });
    expect(usage).toEqual({ inputTokens: 2, totalTokens: 2 });
  });
});

test.each<[string, Partial<UpstreamTarget>, object]>([
  [arn, { modelFamily: 'titan' }, { inputText: 'hi' }],
  [arn, { modelFamily: 'nova' }, { taskType: 'SINGLE_EMBEDDING' }],
  [arn, { modelFamily: 'cohere' }, { texts: ['hi'] }],
  ['any', { modelNameOverride: titan2 }, { inputText: 'hi' }],
  [`arn:aws:bedrock:us-east-1::foundation-model/${titan1}`, {}, { inputText: 'hi' }],
])('%s with %j has the form of its model', (model, more, body) => {
  expect(sent({ model, input: 'hi' }, testTarget('AWSBedrock', more))).toMatchObject(body);
});

test('the client reads the name that it asked for', () => {
  const target = testTarget('AWSBedrock', { modelNameOverride: titan2 });
  const translator = startTranslator(
    createTranslator,
    testRequest('embeddings', { model: 'mine', input: 'hi' }),
    target,
  );
  const answer = finishBuffered(translator, testHead(200, 'application/json'), '{"embedding":[1]}');
  expect(jsonOf(answer.body)).toMatchObject({ model: 'mine' });
  expect(answer.responseModel).toBe(titan2);
});

test.each([[arn], ['anthropic.claude-3-5-sonnet-20241022-v2:0'], ['amazon.nova-pro-v1:0']])(
  '%s is not known to embed, which is said',
  (model) => {
    expect(() => send({ model, input: 'hi' })).toThrow('is not known to make embeddings');
  },
);

test.each<[string, object]>([
  ['input', {}],
  ['input', { input: [] }],
  ['input', { input: '' }],
  ['input[1]', { input: ['a', ''] }],
  ['input', { input: 5 }],
  ['input[0]', { input: [1, 2, 3] }],
  ['input[0]', { input: [[1, 2]] }],
  ['encoding_format', { input: 'a', encoding_format: 'int8' }],
  ['dimensions', { input: 'a', dimensions: 0 }],
])('%s is named when it is wrong: %j', (param, body) => {
  const error = (() => {
    try {
      return send({ model: cohere4, ...body });
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ code: 'invalid_request', param });
});

test('what the model has not is dropped with word of it, or refused where it is to be', () => {
  const body = { model: titan2, input: 'hi', user: 'u', encoding_format: 'float' };
  expect(send(body).warnings).toEqual([expect.objectContaining({ path: 'user', action: 'dropped' })]);
  expect(() => send(body, { ...bedrock, unsupportedFields: 'Reject' })).toThrow('user is not supported');
});

test.each([['{}'], ['hello'], ['{"embedding":"x"}'], ['{"embedding":["x"]}'], ['[]']])(
  'a success with %s is an error',
  (answer) => {
    const { status, body } = finish({ model: titan2, input: 'hi' }, answer);
    expect(status).toBe(502);
    expect(jsonOf(body)).toMatchObject({ type: 'error', error: { type: 'upstream_error' } });
  },
);

test('fewer vectors than texts are an error', () => {
  expect(finish({ model: cohere4, input: ['a', 'b'] }, { embeddings: [[1]] }).status).toBe(502);
});

test('errors of Bedrock come in OpenAI’s envelope', () => {
  const translator = startTranslator(
    createTranslator,
    testRequest('embeddings', { model: titan2, input: 'hi' }),
    bedrock,
  );
  const head = testHead(429, 'application/json', { 'x-amzn-errortype': 'ThrottlingException:http://x/' });
  const answer = finishBuffered(translator, head, '{"message":"slow"}');
  expect(jsonOf(answer.body)).toEqual({
    type: 'error',
    error: { message: 'slow', type: 'rate_limit_error', code: 'ThrottlingException', param: null },
  });
});
