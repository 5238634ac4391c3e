import { Agent, request as httpRequest } from 'node:http';
import { models, pairs, useMockedGateway } from './fixtures/mocked-gateway.ts';
import { reportFigure } from './report-figure.ts';
import { joinMessageText, parseSse } from './clients/http.ts';

const requests = Number(process.env['E2E_LOAD_REQUESTS'] ?? 20_000);
const slowStreams = Number(process.env['E2E_SLOW_STREAMS'] ?? 500);

const running = useMockedGateway();

interface Outcome {
  readonly status: number;
  readonly text: string;
}

/** One request on a kept connection; a broken answer has status 0. */
function send(
  agent: Agent,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const url = new URL(running.gateway.url + path);
    const outgoing = httpRequest(url, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
    });
    outgoing.on('error', (error) => {
      resolve({ status: 0, text: error.message });
    });
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => {
        resolve({ status: 0, text: error.message });
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.end(body);
  });
}

const isWhole = (stream: boolean, path: string, { text }: Outcome): boolean =>
  stream ? text.includes(path.includes('messages') ? 'message_stop' : '[DONE]') : text.endsWith('}');

test(`${requests} requests over all pairs, half of them streams: not one fails`, async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const failures: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < requests) {
      const index = next++;
      const [, path, model] = pairs[(index >> 1) % pairs.length]!;
      const stream = index % 2 === 0;
      const body = JSON.stringify({
        model,
        stream,
        max_tokens: 10,
        messages: [{ role: 'user', content: `Hi ${index}.` }],
      });
      const outcome = await send(agent, path, body);
      if (outcome.status !== 200 || !isWhole(stream, path, outcome)) {
        failures.push(`${index} ${path} ${model}: ${outcome.status} ${outcome.text.slice(0, 200)}`);
      }
      if (index % 500 === 0) running.mock.clear();
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: 32 }, work));
  const seconds = (performance.now() - start) / 1000;
  reportFigure(
    `${requests} requests in ${seconds.toFixed(1)} s (${Math.round(requests / seconds)} a second), ${failures.length} failed`,
  );
  agent.destroy();
  expect(failures.slice(0, 5)).toEqual([]);
}, 600_000);

test(`${slowStreams} slow streams at once all complete, in order`, async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: slowStreams });
  const body = JSON.stringify({
    model: models.invoke,
    stream: true,
    max_tokens: 1000,
    messages: [{ role: 'user', content: 'Count from 1 to 100.' }],
  });
  const reference = joinMessageText(parseSse((await send(agent, '/v1/messages', body)).text));
  expect(reference).toContain('100');
  const outcomes = await Promise.all(
    Array.from({ length: slowStreams }, () =>
      send(agent, '/v1/messages', body, { 'x-mock-fault': 'slow-stream;ms=10' }),
    ),
  );
  agent.destroy();
  const broken = outcomes.filter(
    (outcome) => outcome.status !== 200 || !isWhole(true, '/v1/messages', outcome),
  );
  expect(broken.slice(0, 3)).toEqual([]);
  const wrong = outcomes
    .map(({ text }) => joinMessageText(parseSse(text)))
    .filter((text) => text !== reference);
  expect(wrong.slice(0, 3)).toEqual([]);
}, 600_000);
