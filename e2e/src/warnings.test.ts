import { post } from './clients/http.ts';
import { expectError, expectStatus } from './expect-error.ts';
import { guideRequests } from './fixtures/guide-requests.ts';
import { models, useMockedGateway } from './fixtures/mocked-gateway.ts';

const running = useMockedGateway();

const [thinking] = guideRequests.filter(({ title }) => title.endsWith('extended thinking'));
const { path, body } = thinking!;
/** A string of a structured field: printable, with quotes and backslashes escaped. */
const sfString = String.raw`"(?:[ !#-[\]-~]|\\["\\])*"`;
const list = new RegExp(`^(?:(?:^|, )${sfString};action=\\w+;reason=${sfString})+$`);

describe.each([false, true])(
  "the guides' thinking request for a model that cannot think (stream: %s)",
  (stream) => {
    test('is answered, and the answer says what was dropped', async () => {
      const answer = await post(running.gateway.url + path, { ...body, stream });
      expectStatus(answer, 200);
      const warnings = answer.headers.get('x-ai-eg-warnings');
      expect(warnings).toMatch(list);
      expect(warnings).toMatch(/^"thinking";action=dropped;reason="[^"]+"$/);
    });

    test('and everything else of it arrives byte for byte', async () => {
      running.mock.clear();
      const rest = String.raw`"messages" : [ {"role":"user", "content":"caf\u00e9 \/ 1.50e1" } ],  "temperature": 1.0`;
      const text = `{"model":"${body.model}","stream":${stream},"max_tokens":1000,"thinking":{"type":"enabled","budget_tokens":5000},${rest}}`;
      expectStatus(await post(running.gateway.url + path, text), 200);
      const sent = running.mock.requests().map((request) => request.body.toString());
      expect(sent).toEqual([expect.stringContaining(rest)]);
      expect(sent.join()).not.toContain('thinking');
    });
  },
);

test('a request of which nothing is dropped is answered without a warning', async () => {
  const { thinking: _, ...plain } = body;
  const answer = await post(running.gateway.url + path, plain);
  expectStatus(answer, 200);
  expect(answer.headers.get('x-ai-eg-warnings')).toBeNull();
});

test.each([models.invoke, models.anthropic])(
  'a model that can think gets the field, and its provider has the last word: %s',
  async (model) => {
    const refused = await post(running.gateway.url + path, { ...body, model });
    expect(expectError(refused, 'anthropic', 400)).toMatch(/budget_tokens/);
    const answered = await post(running.gateway.url + path, { ...body, model, max_tokens: 6000 });
    expectStatus(answered, 200);
    expect(answered.json()).toMatchObject({ content: [{ type: 'thinking' }, { type: 'text' }] });
    expect(answered.headers.get('x-ai-eg-warnings')).toBeNull();
  },
);

test.each([
  ['/v1/chat/completions', models.llama, { seed: 3 }, 'seed'],
  ['/v1/messages', models.llama, { top_k: 5 }, 'top_k'],
] as const)('%s to %s: a field that the backend lacks is named', async (endpoint, model, field, name) => {
  const request = { model, max_tokens: 50, messages: [{ role: 'user', content: 'Hi.' }], ...field };
  const answer = await post(running.gateway.url + endpoint, request);
  expectStatus(answer, 200);
  expect(answer.headers.get('x-ai-eg-warnings')).toMatch(list);
  expect(answer.headers.get('x-ai-eg-warnings')).toContain(`"${name}"`);
});
