import { post } from './clients/http.ts';
import { expectAnswer } from './expect-answer.ts';
import { furtherModels, guideRequests } from './fixtures/guide-requests.ts';
import { containerLauncher, isDockerRunning } from './launchers/container-launcher.ts';
import type { Gateway } from './launchers/gateway.ts';
import { processLauncher } from './launchers/process-launcher.ts';

const examples = [...new Set(guideRequests.map(({ example }) => example))];

for (const launcher of [processLauncher, containerLauncher]) {
  const describeHere = launcher === processLauncher || isDockerRunning() ? describe : describe.skip;

  describeHere(`the demonstration file, launched as a ${launcher.name}`, () => {
    let gateway: Gateway | undefined;
    beforeAll(async () => {
      gateway = await launcher.start({ mock: true, files: ['examples/demo.yaml'] });
    }, 600_000);
    afterAll(() => gateway?.stop());

    test.each(guideRequests.map((request) => [request.title, request] as const))('%s', async (_, request) => {
      expectAnswer(request, await post(gateway!.url + request.path, request.body, request.headers));
    });

    test.each(furtherModels)('serves %s on both endpoints', async (model) => {
      const body = { model, max_tokens: 50, messages: [{ role: 'user', content: 'Hello!' }] };
      const message = await post(`${gateway!.url}/v1/messages`, body);
      expect([message.status, message.text]).toEqual([200, expect.stringContaining('"message"')]);
      const chat = await post(`${gateway!.url}/v1/chat/completions`, body);
      expect([chat.status, chat.text]).toEqual([200, expect.stringContaining('"chat.completion"')]);
    });
  });
}

describe.each(examples)('examples/basic/%s', (example) => {
  let gateway: Gateway | undefined;
  beforeAll(async () => {
    gateway = await processLauncher.start({ mock: true, files: [`examples/basic/${example}`] });
  }, 300_000);
  afterAll(() => gateway?.stop());

  const requests = guideRequests.filter((request) => request.example === example);
  test.each(requests.map((request) => [request.title, request] as const))('%s', async (_, request) => {
    expectAnswer(request, await post(gateway!.url + request.path, request.body, request.headers));
  });
});

test('anthropic-aws-bedrock.yaml listens on its own port, 8080', async () => {
  const gateway = await processLauncher.start({
    mock: true,
    ownPort: true,
    files: ['examples/basic/anthropic-aws-bedrock.yaml'],
  });
  try {
    expect(gateway.url).toBe('http://127.0.0.1:8080');
    const request = guideRequests.find(({ headers }) => headers?.['x-provider'] === 'aws')!;
    expectAnswer(request, await post(gateway.url + request.path, request.body, request.headers));
  } finally {
    await gateway.stop();
  }
}, 300_000);

test('basic.yaml is self-contained and starts', async () => {
  const gateway = await processLauncher.start({ mock: true, files: ['examples/basic/basic.yaml'] });
  const health = await fetch(`${gateway.adminUrl}/health`);
  expect(health.status).toBe(200);
  expect(await gateway.stop()).toEqual({ code: 0, signal: null });
}, 300_000);
