import { mockCredentials } from '@aigw/mock-providers';
import { post } from './clients/http.ts';
import { startSteadyLoad } from './clients/steady-load.ts';
import { type AwsGateway, bodyFor, buildAwsResources, startAwsGateway } from './fixtures/aws-gateway.ts';
import type { TestBackend } from './fixtures/resources.ts';
import { reportFigure } from './report-figure.ts';
import { waitUntil } from './wait-until.ts';

const rotations = 3;
const keyOf = (round: number): { accessKeyId: string; secretAccessKey: string } =>
  round === 0
    ? mockCredentials.aws
    : { accessKeyId: `AKIAROUND${round}`, secretAccessKey: `secret-${round}` };
const backendsWith = (port: number, round: number): TestBackend[] => [
  { name: 'static', schema: { name: 'AWSBedrock' }, port, aws: keyOf(round) },
];

let running: AwsGateway;
beforeAll(async () => {
  running = await startAwsGateway({ backends: ({ port }) => backendsWith(port, 0) });
}, 300_000);
afterAll(() => running.stop());

/** The key of the last request that has arrived. */
function lastKey(): string | undefined {
  const headers = running.mock.requests().at(-1)?.headers ?? [];
  const authorization = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  return /Credential=([^/]+)\//.exec(authorization)?.[1];
}

test('a Secret rewritten under load: the new key is used soon, the old one never again, and no request is lost', async () => {
  const { gateway, mock } = running;
  const load = startSteadyLoad(
    (index) => post(`${gateway.url}/v1/chat/completions`, bodyFor('static', { stream: index % 2 === 0 })),
    { perSecond: 50 },
  );
  await waitUntil('the load is served', () => load.answered() > 20);
  for (let round = 1; round <= rotations; round += 1) {
    // As keys are rotated: the new one holds before the old one is taken away.
    mock.setCredentials([keyOf(round - 1), keyOf(round)]);
    const { accessKeyId } = keyOf(round);
    const start = performance.now();
    gateway.rewrite(buildAwsResources(backendsWith(mock.port, round)));
    await waitUntil('the new key is used', () => lastKey() === accessKeyId, { withinMs: 15_000, everyMs: 5 });
    reportFigure(`a Secret rewritten under load was used after ${Math.round(performance.now() - start)} ms`);
    await waitUntil('the old key has gone', () => {
      const tail = mock.requests().slice(-30);
      return tail.every(({ headers }) => headers.some(([, value]) => value.includes(`${accessKeyId}/`)));
    });
    mock.setCredentials([keyOf(round)]);
    const answered = load.answered();
    await waitUntil('the load goes on', () => load.answered() > answered + 30);
  }
  await load.stop();
  reportFigure(`${rotations} rotations: ${load.answered()} requests, ${load.failures().length} failed`);
  expect(load.failures()).toEqual([]);
}, 120_000);
