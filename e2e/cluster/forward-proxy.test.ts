import { waitUntil } from '../src/wait-until.ts';
import { type ConnectProxy, startConnectProxy } from './connect-proxy.ts';
import { type Examples, llama, startExamples } from './examples.ts';
import { nodeAddress } from './network/node-network.ts';
import type { Answer } from './post.ts';

/** Requests to providers go through the forward proxy of their Gateway, and never around it. */

const port = 3128;
const gatewayName = 'envoy-ai-gateway-basic';
const basic = 'some-cool-self-hosted-model';

/** Every provider is on the node. */
const startProxy = (): Promise<ConnectProxy> =>
  startConnectProxy({ address: nodeAddress, port }, () => nodeAddress);

let examples: Examples;
let proxy: ConnectProxy;

beforeAll(async () => {
  proxy = await startProxy();
  examples = await startExamples(['basic.yaml', basic], ['aws.yaml', llama]);
}, 900_000);

afterAll(async () => {
  await examples.cluster.stop();
  await proxy.stop();
});

async function setProxy(address: string): Promise<void> {
  await examples.apply(`
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: GatewayConfig
metadata: {name: proxied, namespace: default}
spec: {forwardProxy: {address: "${address}"}}
`);
  const { server } = examples.cluster;
  const annotation = 'aigateway.envoyproxy.io/gateway-config=proxied';
  await server.mustKubectl(['annotate', 'gateway', gatewayName, annotation, '--overwrite']);
}

/** Asks until an answer is as expected; the last one is in the message otherwise. */
async function untilAnswered(isExpected: (answer: Answer) => boolean): Promise<Answer> {
  let last: unknown;
  const attempt = async (): Promise<Answer | undefined> => {
    const answer = await examples.ask(llama).catch((error: unknown) => void (last = error));
    if (answer === undefined) return undefined;
    last = answer;
    return isExpected(answer) ? answer : undefined;
  };
  return waitUntil('the expected answer', attempt, { withinMs: 60_000 }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${JSON.stringify(last)}\n${examples.cluster.logs()}`, {
      cause: error,
    });
  });
}

const upstreamRequests = (): number => examples.cluster.mock.requests().length;

async function conditionsOf(kind: string, name: string): Promise<string> {
  const template = '{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\\n"}{end}';
  return examples.cluster.server.mustKubectl(['get', kind, name, '-o', `jsonpath=${template}`]);
}

test('without one, nobody asks it', () => {
  expect(proxy.asked).toEqual([]);
});

test('what is encrypted goes through the proxy, which sees a name and a port alone', async () => {
  await setProxy(`${nodeAddress}:${port}`);
  await untilAnswered(({ status }) => status === 200 && proxy.asked.length > 0);
  expect(new Set(proxy.asked)).toEqual(new Set(['bedrock-runtime.us-east-1.amazonaws.com:443']));
});

test('without the proxy nothing goes around it', async () => {
  await proxy.stop();
  await untilAnswered(({ status }) => status === 503);
  const before = upstreamRequests();
  for (let count = 0; count < 5; count += 1) {
    const { status, text } = await examples.ask(llama);
    expect({ status, code: (JSON.parse(text) as { error: { code: string } }).error.code }).toEqual({
      status: 503,
      code: 'upstream_unavailable',
    });
  }
  expect(upstreamRequests()).toBe(before);
});

test('servers that are spoken to in plain text are reached directly', async () => {
  expect((await examples.ask(basic)).status).toBe(200);
});

test('with a name for a proxy nothing goes out, and conditions say why', async () => {
  proxy = await startProxy();
  await examples.untilAnswer(llama);
  await setProxy('proxy.example.com:3128');
  await untilAnswered(({ status }) => status >= 500);
  const before = upstreamRequests();
  for (let count = 0; count < 5; count += 1)
    expect((await examples.ask(llama)).status).toBeGreaterThanOrEqual(500);
  expect(upstreamRequests()).toBe(before);
  expect(await conditionsOf('gatewayconfig', 'proxied')).toMatch(
    /^Accepted=False Invalid: spec\.forwardProxy\.address: expected the IP address and port/m,
  );
  await waitUntil('the route to say so', async () =>
    (await conditionsOf('aigatewayroute', 'envoy-ai-gateway-basic-aws')).includes(
      'the forward proxy of its GatewayConfig is not an IP address and port',
    ),
  );
});

test('a corrected address is used', async () => {
  const before = proxy.asked.length;
  await setProxy(`${nodeAddress}:${port}`);
  await untilAnswered(({ status }) => status === 200);
  expect(proxy.asked.length).toBeGreaterThan(before);
});
