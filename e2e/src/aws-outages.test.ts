import { post } from './clients/http.ts';
import { startSteadyLoad, type SteadyLoad } from './clients/steady-load.ts';
import { expectError } from './expect-error.ts';
import { assumeRoleBackend, defaultChainBackend } from './fixtures/aws-backends.ts';
import { type AwsGateway, bodyFor, dialects, modelOf, startAwsGateway } from './fixtures/aws-gateway.ts';
import { reportFigure } from './report-figure.ts';
import { waitUntil } from './wait-until.ts';

let running: AwsGateway | undefined;
let load: SteadyLoad | undefined;
afterEach(async () => {
  await load?.stop();
  load = undefined;
  await running?.stop();
  running = undefined;
});

/** Chat requests to a backend, until the test ends at the latest. */
function startLoad(backend: string): SteadyLoad {
  const { url } = running!.gateway;
  load = startSteadyLoad(() => post(`${url}/v1/chat/completions`, bodyFor(backend)), { perSecond: 20 });
  return load;
}

const ask = ({ gateway }: AwsGateway, backend: string): ReturnType<typeof post> =>
  post(`${gateway.url}/v1/chat/completions`, bodyFor(backend));

test.each([
  ['fails', 'service-unavailable'],
  ['hangs', 'hang'],
])(
  'STS %s: requests go on until the credentials really expire, and again once it is back',
  async (_, fault) => {
    running = await startAwsGateway({
      mock: { credentialLifetimeSeconds: 8 },
      backends: ({ port }) => [assumeRoleBackend('assumed', port)],
    });
    const { mock } = running;
    const load = startLoad('assumed');
    await waitUntil('the load is served', () => load.answered() > 20);
    mock.aws.setFault('sts', fault);
    const expiresAt = mock.aws.issued().at(-1)!.expiration.getTime();
    await waitUntil('the credentials are over', () => load.failures().length > 0, { withinMs: 30_000 });
    const early = load.failures().filter(({ atMs }) => atMs < expiresAt);
    expect(early).toEqual([]);
    reportFigure(
      `STS: ${fault}; the first request failed ${load.failures()[0]!.atMs - expiresAt} ms after expiry`,
    );
    mock.aws.setFault('sts', undefined);
    const backAt = performance.now();
    await waitUntil('it is served again', async () => (await ask(running!, 'assumed')).status === 200, {
      withinMs: 45_000,
    });
    reportFigure(`STS back: served again after ${Math.round(performance.now() - backAt)} ms`);
    // What was signed just in time may arrive too late, and with STS away nothing can sign it again.
    const late = load.failures().filter(({ status, text }) => status === 403 && text.includes('expired'));
    expect(late.length).toBeLessThan(20);
    const others = load.failures().filter((failure) => !late.includes(failure));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([503]));
    const failed = load.failures().length;
    const answered = load.answered();
    await waitUntil('the load goes on', () => load.answered() > answered + 60);
    await load.stop();
    // One that was refused just before the others were served may still come in.
    expect(load.failures().length).toBeLessThanOrEqual(failed + 1);
  },
  120_000,
);

test('a policy whose STS hangs delays no other, whose credentials are refreshed meanwhile', async () => {
  running = await startAwsGateway({
    mock: { credentialLifetimeSeconds: 4 },
    backends: ({ port }) => [
      assumeRoleBackend('hanging', port, { role: 'hanging--fault-hang' }),
      assumeRoleBackend('well', port),
    ],
  });
  const { mock, gateway } = running;
  const load = startLoad('well');
  const hanging = await Promise.all(dialects.map(([path]) => post(gateway.url + path, bodyFor('hanging'))));
  await waitUntil(
    'the other was refreshed',
    () => mock.aws.issued().filter(({ arn }) => arn.includes('/well/')).length > 1,
  );
  await load.stop();
  for (const [index, [, dialect]] of dialects.entries()) expectError(hanging[index]!, dialect, 503);
  expect(load.failures()).toEqual([]);
  expect(load.answered()).toBeGreaterThan(0);
}, 120_000);

test.each([
  ['STS refuses', assumeRoleBackend, 'service-unavailable'],
  ['there is no source at all', defaultChainBackend, undefined],
] as const)(
  'no first credentials because %s: 503 with retry-after in both dialects, never an unsigned request',
  async (_, describe, fault) => {
    running = await startAwsGateway({
      backends: ({ port }) => [describe('nothing', port)],
      prepare: (mock) => mock.aws.setFault('sts', fault),
    });
    const { gateway, mock } = running;
    for (const [path, dialect] of dialects) {
      for (const stream of [false, true]) {
        const answer = await post(gateway.url + path, bodyFor('nothing', { stream }));
        const message = expectError(answer, dialect, 503);
        expect(message).toMatch(/no AWS credentials/);
        expect(message).not.toMatch(/arn:|127\.0\.0\.1/);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    }
    expect(mock.requests().filter(({ provider }) => provider === 'bedrock')).toEqual([]);
    expect(gateway.logs()).toMatch(/nothing.*no AWS credentials|no AWS credentials.*nothing/);
  },
);

describe('credentials that AWS refuses before their time', () => {
  const countSessions = (): number => running!.mock.aws.issued().length;
  const sentTo = (backend: string): number =>
    running!.mock.requests().filter(({ path }) => path.includes(modelOf(backend))).length;

  beforeEach(async () => {
    running = await startAwsGateway({
      backends: ({ port }) => [
        assumeRoleBackend('assumed', port),
        {
          name: 'static',
          schema: { name: 'AWSBedrock' },
          port,
          aws: { accessKeyId: 'ASIAOVER', secretAccessKey: 's', sessionToken: 't' },
        },
      ],
    });
  });

  test.each(['expired', 'unrecognized'] as const)(
    '%s: one forced refresh, and all clients see 200',
    async (as) => {
      const { gateway, mock } = running!;
      expect((await ask(running!, 'assumed')).status).toBe(200);
      const before = mock.aws.issued().at(-1)!;
      mock.aws.revoke(as);
      const answers = await Promise.all(
        Array.from({ length: 16 }, (__, index) => {
          const [path] = dialects[index % 2]!;
          return post(gateway.url + path, bodyFor('assumed', { stream: index % 4 < 2 }));
        }),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      const sessions = mock.aws.issued().filter(({ accessKeyId }) => accessKeyId !== before.accessKeyId);
      expect(sessions).toHaveLength(1);
    },
  );

  test('keys that nothing can refresh are refused as AWS says, after at most one more attempt', async () => {
    const { gateway } = running!;
    for (const [path, dialect] of dialects) {
      running!.mock.clear();
      const answer = await post(gateway.url + path, bodyFor('static'));
      expect(expectError(answer, dialect, 403)).toMatch(/security token included in the request is invalid/);
      expect(sentTo('static')).toBeLessThanOrEqual(2);
    }
    expect(countSessions()).toBeLessThanOrEqual(1);
  });
});
