import { jsonOf, send, type Received } from '../__fixtures__/send.ts';
import { signRequest } from '../__fixtures__/sign-request.ts';
import { startMockProviders, type MockProviders } from '../mock-providers.ts';
import { answerEmbeddings } from './embeddings.ts';

const titan1 = 'amazon.titan-embed-text-v1';
const titan2 = 'amazon.titan-embed-text-v2:0';
const cohere3 = 'cohere.embed-english-v3';
const cohere4 = 'us.cohere.embed-v4:0';
const nova = 'amazon.nova-2-multimodal-embeddings-v1:0';
const novaBody = (more: object = {}, text: object = { truncationMode: 'END', value: 'hi' }): object => ({
  taskType: 'SINGLE_EMBEDDING',
  singleEmbeddingParams: { embeddingPurpose: 'GENERIC_INDEX', ...more, text },
});

interface AnswerBody {
  readonly embedding: number[];
  readonly inputTextTokenCount: number;
  readonly embeddings: (number[] & { readonly embedding: number[] })[] & { readonly float: number[][] };
}

function bodyOf(model: string, request: object): AnswerBody {
  const result = answerEmbeddings({ ...request }, model);
  if (result?.kind !== 'answer') throw new Error(`refused: ${JSON.stringify(result)}`);
  return result.body as unknown as AnswerBody;
}

test.each<[string, object, number]>([
  [titan1, { inputText: 'hi' }, 1536],
  [titan2, { inputText: 'hi' }, 1024],
  [titan2, { inputText: 'hi', dimensions: 256 }, 256],
])('%s answers %j with %i numbers', (model, request, dimensions) => {
  const body = bodyOf(model, request);
  expect(body.embedding).toHaveLength(dimensions);
  expect(Math.hypot(...body.embedding)).toBeCloseTo(1, 4);
  expect(body.inputTextTokenCount).toBeGreaterThan(0);
});

test('Cohere answers a batch, plain or by type', () => {
  const request = { texts: ['a', 'b'], input_type: 'search_document' };
  const plain = bodyOf(cohere3, request);
  const typed = bodyOf(cohere4, {
    ...request,
    embedding_types: ['float'],
    output_dimension: 256,
  });
  expect(plain.embeddings.map((vector) => vector.length)).toEqual([1024, 1024]);
  expect(typed.embeddings.float.map((vector) => vector.length)).toEqual([256, 256]);
  expect(plain.embeddings[0]).not.toEqual(plain.embeddings[1]);
});

test('Nova answers one text', () => {
  const { embeddings } = bodyOf(nova, novaBody({ embeddingDimension: 256 }));
  expect(embeddings[0]?.embedding).toHaveLength(256);
});

test('texts that share words are nearer to each other', () => {
  const embed = (inputText: string): number[] => bodyOf(titan2, { inputText }).embedding;
  const near = (a: number[], b: number[]): number =>
    a.reduce((total, value, index) => total + value * b[index]!, 0);
  const capital = embed('What is the capital of France?');
  expect(near(capital, embed('Paris is the capital of France'))).toBeGreaterThan(
    near(capital, embed('a recipe with seven onions')),
  );
});

test.each<[string, string, object]>([
  ['an unknown field', titan2, { inputText: 'hi', input: 'hi' }],
  ['no text', titan2, {}],
  ['an empty text', titan2, { inputText: '' }],
  ['a list', titan2, { inputText: ['hi'] }],
  ['dimensions on version 1', titan1, { inputText: 'hi', dimensions: 256 }],
  ['odd dimensions', titan2, { inputText: 'hi', dimensions: 300 }],
  ['no texts', cohere3, { input_type: 'search_query' }],
  ['texts that are none', cohere3, { texts: [1], input_type: 'search_query' }],
  ['too many texts', cohere3, { texts: Array.from({ length: 97 }, () => 'x'), input_type: 'search_query' }],
  ['no input type', cohere4, { texts: ['a'] }],
  ['a size on version 3', cohere3, { texts: ['a'], input_type: 'search_query', output_dimension: 256 }],
  ['an odd size', cohere4, { texts: ['a'], input_type: 'search_query', output_dimension: 300 }],
  ['another task', nova, { taskType: 'SEGMENTED_EMBEDDING' }],
  ['no purpose', nova, novaBody({ embeddingPurpose: undefined })],
  ['no truncation', nova, novaBody({}, { value: 'hi' })],
  ['an empty value', nova, novaBody({}, { truncationMode: 'END', value: '' })],
  ['an odd size of Nova', nova, novaBody({ embeddingDimension: 300 })],
])('%s is refused', (_name, model, request) => {
  expect(answerEmbeddings({ ...request }, model)).toMatchObject({ kind: 'refusal' });
});

test('other models are none of its business', () => {
  expect(answerEmbeddings({}, 'anthropic.claude-3-5-sonnet-20241022-v2:0')).toBeUndefined();
});

describe('over a socket', () => {
  let mock: MockProviders;
  beforeAll(async () => {
    mock = await startMockProviders();
  });
  afterAll(() => mock.close());

  const invoke = (model: string, request: object): Promise<Received> => {
    const path = `/model/${model}/invoke`;
    const body = JSON.stringify(request);
    const headers = signRequest({ path, body, host: 'bedrock-runtime.us-east-1.amazonaws.com' });
    return send(mock.url, path, { body, headers });
  };

  test('the tokens are a header', async () => {
    const answer = await invoke(cohere3, { texts: ['hi', 'ho'], input_type: 'search_query' });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-amzn-bedrock-input-token-count': '8' } });
  });

  test('a refusal is AWS’s', async () => {
    const answer = await invoke(titan2, {});
    expect(answer.status).toBe(400);
    expect(answer.headers['x-amzn-errortype']).toMatch(/^ValidationException:/);
    expect(jsonOf(answer)).toEqual({ message: expect.stringContaining('inputText') });
  });
});
