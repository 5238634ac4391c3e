import { createHash } from 'node:crypto';
import { waitUntil } from '../src/wait-until.ts';
import { type Examples, llama, startExamples } from './examples.ts';
import { type Answer, postJson } from './post.ts';

/** HTTPRoutes of others on the Gateway of AI routes, and a SecurityPolicy on both. */

const gatewayName = 'envoy-ai-gateway-basic';
const password = createHash('sha1').update('correct').digest('base64');
const users = Buffer.from(`user:{SHA}${password}`).toString('base64');
const credentials = { authorization: `Basic ${Buffer.from('user:correct').toString('base64')}` };

const filter = (name: string, statusCode: number, inline: string): string => `
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: HTTPRouteFilter
metadata: {name: ${name}, namespace: default}
spec: {directResponse: {statusCode: ${statusCode}, contentType: text/plain, body: {type: Inline, inline: "${inline}"}}}
---`;

const ruleOf = (path: string, name: string): string => `
    - matches: [{path: {type: Exact, value: ${path}}}]
      filters: [{type: ExtensionRef, extensionRef: {group: gateway.envoyproxy.io, kind: HTTPRouteFilter, name: ${name}}}]`;

const plain = `${filter('plain-ok', 200, 'ok')}${filter('plain-gone', 404, 'not here')}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: plain, namespace: default}
spec:
  parentRefs: [{name: ${gatewayName}}]
  rules:${ruleOf('/ok', 'plain-ok')}${ruleOf('/v1/models/gone', 'plain-gone')}
`;

const policy = `
apiVersion: v1
kind: Secret
metadata: {name: users, namespace: default}
data: {.htpasswd: ${users}}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: users, namespace: default}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: ${gatewayName}}]
  basicAuth: {users: {name: users}}
`;

let examples: Examples;

beforeAll(async () => {
  examples = await startExamples(['aws.yaml', llama]);
}, 900_000);

afterAll(async () => {
  await examples.cluster.stop();
});

const post = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => {
  const body = { model: llama, max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] };
  return postJson(examples.cluster.url + path, body, headers);
};

const untilStatus = (path: string, status: number): Promise<Answer> =>
  waitUntil(
    `${status} at ${path}`,
    async () => {
      const answer = await post(path).catch(() => undefined);
      return answer?.status === status ? answer : undefined;
    },
    { withinMs: 60_000 },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${examples.cluster.logs()}`, { cause: error });
  });

const errorOf = ({ text }: Answer): unknown => JSON.parse(text);

test('what another route answers directly is its own, errors included', async () => {
  await examples.apply(plain);
  expect((await untilStatus('/ok', 200)).text).toBe('ok');
  expect(await post('/v1/models/gone')).toEqual({ status: 404, text: 'not here' });
  expect((await post('/v1/chat/completions')).status).toBe(200);
});

describe('a SecurityPolicy', () => {
  beforeAll(async () => {
    await examples.apply(policy);
    await untilStatus('/v1/chat/completions', 401);
  }, 120_000);

  test('refuses in the words of the API that was called', async () => {
    expect(errorOf(await post('/v1/chat/completions'))).toMatchObject({
      type: 'error',
      error: { type: 'authentication_error', code: 'invalid_credential', param: null },
    });
    for (const path of ['/v1/messages', '/anthropic/v1/messages']) {
      const answer = await post(path);
      expect(answer.status).toBe(401);
      expect(errorOf(answer)).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
    }
  });

  test('refuses on another route in its own words', async () => {
    const { status, text } = await post('/ok');
    expect(status).toBe(401);
    expect(text).toMatch(/^User authentication failed/);
  });

  test('lets through who is known', async () => {
    expect((await post('/v1/chat/completions', credentials)).status).toBe(200);
    expect((await post('/ok', credentials)).text).toBe('ok');
  });
});
