import fc from 'fast-check';
import { headersMessage, type ReadAnswer } from '../__fixtures__/envoy.ts';
import { clientHeaders, createTestGateway } from '../__fixtures__/gateway.ts';
import type { ModelEntry } from '../config/runtime-config.ts';
import { selectModelsPage } from './models-page.ts';

const list = (count: number): ModelEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    Name: `m${index}`,
    OwnedBy: 'me',
    CreatedAt: '2026-01-01T00:00:00Z',
  }));
const namesOf = (models: readonly ModelEntry[]): string[] => models.map(({ Name }) => Name);
const anthropic = { 'anthropic-version': '2023-06-01' };

function ask(path: string, own: Readonly<Record<string, string>> = {}, models = list(45)): ReadAnswer {
  const headers = clientHeaders(path, { ':method': 'GET', ...own });
  const stream = createTestGateway({ models }).start();
  return stream.send(headersMessage('requestHeaders', headers, { endOfStream: true }))[0]!;
}

interface Page {
  readonly data: readonly { readonly id: string; readonly created_at: string }[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}
const pageOf = (path: string): Page => JSON.parse(ask(path).body!) as Page;

describe('Anthropic’s list comes in pages [A119]', () => {
  test.each<[string, [string, string], number, boolean]>([
    ['', ['m0', 'm19'], 20, true],
    ['?limit=1000', ['m0', 'm44'], 45, false],
    ['?limit=45', ['m0', 'm44'], 45, false],
    ['?limit=2', ['m0', 'm1'], 2, true],
    ['?after_id=m19', ['m20', 'm39'], 20, true],
    ['?after_id=m39&limit=5', ['m40', 'm44'], 5, false],
    ['?before_id=m20&limit=5', ['m15', 'm19'], 5, true],
    ['?before_id=m3&limit=5', ['m0', 'm2'], 3, false],
    ['?limit=&after_id=', ['m0', 'm19'], 20, true],
  ])('%s is %j', (query, [first, last], count, more) => {
    const page = pageOf(`/anthropic/v1/models${query}`);
    expect(page).toMatchObject({ first_id: first, last_id: last, has_more: more });
    expect(page.data).toHaveLength(count);
    expect([page.data[0]?.id, page.data.at(-1)?.id]).toEqual([first, last]);
  });

  test('the end is an empty page', () => {
    expect(pageOf('/anthropic/v1/models?after_id=m44')).toEqual({
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });
  });

  test('following the pages in either direction yields the whole list, once', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 25 }), (count, limit) => {
        const models = list(count);
        const forwards: string[] = [];
        let page = selectModelsPage(models, `/v1/models?limit=${limit}`);
        forwards.push(...namesOf(page.models));
        while (page.hasMore) {
          page = selectModelsPage(models, `/v1/models?limit=${limit}&after_id=${forwards.at(-1)}`);
          forwards.push(...namesOf(page.models));
        }
        expect(forwards).toEqual(namesOf(models));
        if (count === 0) return;
        let backwards = [`m${count - 1}`];
        do {
          page = selectModelsPage(models, `/v1/models?limit=${limit}&before_id=${backwards[0]}`);
          backwards = [...namesOf(page.models), ...backwards];
        } while (page.hasMore);
        expect(backwards).toEqual(namesOf(models));
      }),
    );
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=ten', 'limit'],
    ['after_id=nobody', 'after_id'],
    ['before_id=nobody', 'before_id'],
    ['before_id=m1&after_id=m2', 'before_id'],
  ])('%s is refused in Anthropic’s words, which name %s', (query, name) => {
    const answer = ask(`/v1/models?${query}`, anthropic);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body!)).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringMatching(new RegExp(`^${name} `)) },
      request_id: 'req-1',
    });
  });
});

test('OpenAI’s list has no pages, whatever is asked for', () => {
  expect(JSON.parse(ask('/v1/models?limit=2').body!).data).toHaveLength(45);
});

test.each([
  ['/v1/models/m3', {}, 'openai'],
  ['/v1/models/m3', anthropic, 'anthropic'],
  ['/anthropic/v1/models/m3', {}, 'anthropic'],
])('one model: %s with %j in the shape of %s [A119]', (path, own, dialect) => {
  const answer = ask(path, own);
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body!)).toEqual(
    dialect === 'openai'
      ? { id: 'm3', object: 'model', created: 1_767_225_600, owned_by: 'me' }
      : { id: 'm3', type: 'model', display_name: 'm3', created_at: '2026-01-01T00:00:00Z' },
  );
  expect(answer.set).toHaveProperty(dialect === 'openai' ? 'x-request-id' : 'request-id', 'req-1');
});

test.each([
  ['/v1/models/nobody', {}, 'openai'],
  ['/v1/models/nobody', anthropic, 'anthropic'],
  ['/anthropic/v1/models/nobody', {}, 'anthropic'],
])('no such model: %s with %j is a 404 in the words of %s [A119]', (path, own, dialect) => {
  const answer = ask(path, own);
  expect(answer.status).toBe(404);
  const error = JSON.parse(answer.body!);
  expect(error).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
  expect('request_id' in error).toBe(dialect === 'anthropic');
  expect('code' in error.error).toBe(dialect === 'openai');
});

test('ids with slashes and colons are found, encoded or not', () => {
  const Name = 'arn:aws:bedrock:us-east-1:1:inference-profile/us.m-v1:0';
  const models = [{ Name, OwnedBy: 'me', CreatedAt: '' }];
  for (const id of [encodeURIComponent(Name), Name]) {
    expect(JSON.parse(ask(`/v1/models/${id}`, {}, models).body!)).toMatchObject({ id: Name, created: 0 });
    expect(JSON.parse(ask(`/v1/models/${id}`, anthropic, models).body!)).toMatchObject({
      id: Name,
      created_at: '1970-01-01T00:00:00Z',
    });
  }
});
