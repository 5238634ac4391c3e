import { joinMessageText, parseSse, post, readAnswer } from './clients/http.ts';
import {
  describeBackends,
  models,
  rules,
  startMockedGateway,
  stopMockedGateway,
  type MockedGateway,
} from './fixtures/mocked-gateway.ts';
import { reportFigure } from './report-figure.ts';
import { buildResources } from './fixtures/resources.ts';
import { isAlive, listProcessTree } from './launchers/process-tree.ts';
import { waitUntil } from './wait-until.ts';

const body = { model: models.llama, max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }] };
const slow = { 'x-mock-fault': 'slow-stream;ms=40' };

let running: MockedGateway;
beforeEach(async () => {
  running = await startMockedGateway();
}, 300_000);
afterEach(() => stopMockedGateway(running));

const findPid = (pattern: RegExp): number | undefined =>
  listProcessTree(running.gateway.pid).find(
    ({ pid, command }) => pid !== running.gateway.pid && pattern.test(command),
  )?.pid;
const extprocCommand = /extproc/;
const envoyCommand = /envoy\S*\s.*(-c|--config-path)/;

/** Keeps asking until stopped, and counts the answers by status; 0 is a broken connection. */
function startLoad(url: string): { statuses: number[]; stop(): Promise<void> } {
  const statuses: number[] = [];
  let ended = false;
  const loop = async (): Promise<void> => {
    while (!ended) {
      const answer = await post(url, body).catch(() => undefined);
      statuses.push(answer?.status ?? 0);
    }
  };
  const loops = [loop(), loop(), loop(), loop()];
  return {
    statuses,
    stop: async () => {
      ended = true;
      await Promise.all(loops);
    },
  };
}

test.each([
  ['extproc', extprocCommand],
  ['Envoy', envoyCommand],
])(
  '%s killed under load: the service is back by itself',
  async (name, pattern) => {
    const url = `${running.gateway.url}/v1/chat/completions`;
    const load = startLoad(url);
    await waitUntil('the load runs', () => load.statuses.length > 50);
    const pid = findPid(pattern)!;
    process.kill(pid, 'SIGKILL');
    const killedAt = performance.now();
    await waitUntil(`${name} is gone`, () => !isAlive(pid));
    await waitUntil(
      'another one serves',
      async () => {
        const other = findPid(pattern);
        if (other === undefined || other === pid) return false;
        return (await post(url, body).catch(() => undefined))?.status === 200;
      },
      { withinMs: 30_000, everyMs: 5 },
    );
    const back = performance.now() - killedAt;
    await load.stop();
    const lost = load.statuses.filter((status) => status !== 200);
    reportFigure(
      `${name} killed: served again after ${Math.round(back)} ms, ${lost.length} of ${load.statuses.length} requests failed`,
    );
    const after = await Promise.all(Array.from({ length: 20 }, () => post(url, body)));
    expect(after.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  },
  120_000,
);

test('SIGTERM leaves no process, socket or temporary file behind', async () => {
  expect((await post(`${running.gateway.url}/v1/chat/completions`, body)).status).toBe(200);
  const pids = listProcessTree(running.gateway.pid).map(({ pid }) => pid);
  expect(pids.length).toBeGreaterThan(1);
  expect(await running.gateway.stop()).toEqual({ code: 0, signal: null });
  expect(pids.filter(isAlive)).toEqual([]);
  expect(running.gateway.leftBehind()).toEqual([]);
  await expect(fetch(running.gateway.url)).rejects.toThrow();
});

test('SIGTERM lets a running stream end', async () => {
  const request = {
    ...body,
    model: models.anthropic,
    stream: true,
    messages: [{ role: 'user', content: 'Count from 1 to 20.' }],
  };
  const response = await fetch(`${running.gateway.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...slow },
    body: JSON.stringify({ ...request, max_tokens: 200 }),
  });
  const stopped = running.gateway.stop();
  const answer = await readAnswer(response);
  const events = parseSse(answer.text);
  expect(events.at(-1)?.event).toBe('message_stop');
  expect(joinMessageText(events)).toContain('20');
  await stopped;
});

test('a change of the files drops no request and no running stream', async () => {
  const { gateway, mock } = running;
  const load = startLoad(`${gateway.url}/v1/chat/completions`);
  const request = {
    ...body,
    model: models.anthropic,
    stream: true,
    max_tokens: 200,
    messages: [{ role: 'user', content: 'Count from 1 to 20.' }],
  };
  const stream = post(`${gateway.url}/v1/messages`, request, slow);
  await waitUntil('the load runs', () => load.statuses.length > 20);
  const added = { models: ['a-new-model'], backends: [{ name: 'openai', modelNameOverride: models.openai }] };
  const start = performance.now();
  gateway.rewrite(buildResources(describeBackends(mock.port), [...rules, added]));
  await waitUntil(
    'the new model is served',
    async () => {
      const answer = await post(`${gateway.url}/v1/chat/completions`, { ...body, model: 'a-new-model' });
      expect([200, 404]).toContain(answer.status);
      return answer.status === 200;
    },
    { withinMs: 15_000 },
  );
  reportFigure(`a new rule was served after ${Math.round(performance.now() - start)} ms`);
  expect(parseSse((await stream).text).at(-1)?.event).toBe('message_stop');
  await load.stop();
  expect(load.statuses.filter((status) => status !== 200)).toEqual([]);
});

test('a mistake in a changed file is reported, and the last good configuration stays', async () => {
  const { gateway, mock } = running;
  gateway.rewrite(buildResources(describeBackends(mock.port), rules).replace('name: OpenAI', 'name: OpenIA'));
  await waitUntil('the mistake is reported', () => gateway.logs().includes('spec.schema'));
  expect((await post(`${gateway.url}/v1/chat/completions`, body)).status).toBe(200);
  gateway.rewrite(
    buildResources(describeBackends(mock.port), [
      ...rules,
      { models: ['fixed'], backends: [{ name: 'bedrock', modelNameOverride: models.llama }] },
    ]),
  );
  await waitUntil('the corrected file is used', async () => {
    const answer = await post(`${gateway.url}/v1/chat/completions`, { ...body, model: 'fixed' });
    return answer.status === 200;
  });
});
