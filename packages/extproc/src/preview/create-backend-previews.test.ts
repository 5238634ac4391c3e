import type { FilterBackend, FilterConfig } from '@aigw/api-types';
import { createBackendPreviews } from './create-backend-previews.ts';

const now = () => Date.parse('2026-01-02T03:04:05Z');
const file = '[default]\naws_access_key_id = AKIA1\naws_secret_access_key = s\n';
const host = 'bedrock-runtime.us-east-1.amazonaws.com';
const aws = { credentialFileLiteral: file, region: 'us-east-1' };
const bedrock = { name: 'a', schema: { name: 'AWSBedrock' }, host, auth: { aws } } as const;

const configOf = (...backends: FilterBackend[]): FilterConfig => ({
  version: 'dev',
  globalLLMRequestCosts: [],
  llmRequestCosts: [],
  backends,
  models: [],
  unscopedModels: [],
  modelsByHost: {},
});

const request = (body: object, headers: [string, string][] = []) => ({
  endpoint: 'chatCompletions' as const,
  headers: new Map(headers),
  body: Buffer.from(JSON.stringify(body)),
});
const chat = { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] };

function find(name: string, ...backends: FilterBackend[]) {
  const preview = createBackendPreviews(configOf(...backends), now).get(name);
  if (preview === undefined) throw new Error(`there is no ${name}`);
  return preview;
}

test('a request to Bedrock is translated, and signed for its host', async () => {
  const { path, headers, body } = await find('a', bedrock).build(request(chat));
  expect(path).toBe('/model/m/converse');
  expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({ inferenceConfig: { maxTokens: 1 } });
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/json',
    'x-amz-date': '20260102T030405Z',
    authorization: expect.stringContaining('Credential=AKIA1/20260102/us-east-1/bedrock/aws4_request'),
  });
});

test("a backend's mutations and model take part, and its key comes last", async () => {
  const { headers, body } = await find('b', {
    name: 'b',
    schema: { name: 'OpenAI' },
    modelNameOverride: 'other',
    auth: { apiKey: { key: 'k' } },
    httpHeaderMutation: {
      set: [
        { name: 'x-team', value: 't' },
        { name: 'authorization', value: 'no' },
      ],
      remove: ['x-gone'],
    },
    httpBodyMutation: { set: [{ path: 'service_tier', value: '"flex"' }], remove: [] },
  }).build(
    request(chat, [
      ['x-gone', '1'],
      ['x-kept', '2'],
    ]),
  );
  const sent = Object.fromEntries(headers);
  expect(sent).toMatchObject({ 'x-team': 't', authorization: 'Bearer k', 'x-kept': '2' });
  expect(sent).not.toHaveProperty('x-gone');
  expect(JSON.parse(Buffer.from(body).toString())).toEqual({ ...chat, model: 'other', service_tier: 'flex' });
});

test('backends of one policy show the same credentials; those without AWS show none', async () => {
  const previews = createBackendPreviews(
    configOf(bedrock, { ...bedrock, name: 'b' }, { name: 'c', schema: { name: 'OpenAI' } }),
    now,
  );
  const [a, b, c] = ['a', 'b', 'c'].map((name) => previews.get(name)?.credentials);
  expect(a).toBe(b);
  expect(c).toBeUndefined();
  expect(await a?.get()).toMatchObject({ accessKeyId: 'AKIA1' });
});

test('a request that cannot be authenticated is not built', async () => {
  const build = find('a', { ...bedrock, auth: {} }).build(request(chat));
  await expect(build).rejects.toMatchObject({ code: 'missing_credential' });
});
