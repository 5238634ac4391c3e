import { mockCredentials } from '@aigw/mock-providers';
import { post } from './clients/http.ts';
import { startSteadyLoad, type SteadyLoad } from './clients/steady-load.ts';
import {
  assumeRoleBackend,
  defaultChainBackend,
  oidcBackend,
  roleArn,
  webIdentityBackend,
} from './fixtures/aws-backends.ts';
import {
  type AwsGateway,
  bodyFor,
  dialects,
  podIdentityEnvironment,
  startAwsGateway,
} from './fixtures/aws-gateway.ts';
import { reportFigure } from './report-figure.ts';
import { waitUntil } from './wait-until.ts';

const seconds = Number(process.env['E2E_EXPIRY_SECONDS'] ?? 90);
const lifetimeSeconds = 6;
/** Requests a second for each source. */
const perSecond = 10;
const sources = ['web', 'pod', 'assumed', 'oidc'] as const;

let running: AwsGateway;
beforeAll(async () => {
  running = await startAwsGateway({
    mock: {
      credentialLifetimeSeconds: lifetimeSeconds,
      tokenLifetimeSeconds: lifetimeSeconds,
      roles: { [roleArn('oidc')]: { subject: mockCredentials.oidcClient.id } },
    },
    // As short as the credentials: a file that is read once fails as surely as credentials that are kept.
    tokenSeconds: lifetimeSeconds,
    backends: ({ port, aws }) => [
      webIdentityBackend('web', port),
      defaultChainBackend('pod', port),
      assumeRoleBackend('assumed', port),
      oidcBackend('oidc', port, { issuer: aws.issuer }),
    ],
    env: (url, tokens) => ({
      AWS_WEB_IDENTITY_TOKEN_FILE: tokens.webIdentity,
      ...podIdentityEnvironment(url, tokens),
    }),
  });
}, 300_000);
afterAll(() => running.stop());

const startLoad = (source: string): SteadyLoad =>
  startSteadyLoad(
    (index) => {
      const [path] = dialects[index % dialects.length]!;
      return post(running.gateway.url + path, bodyFor(source, { stream: index % 4 < 2 }));
    },
    { perSecond, isWhole: ({ text }) => /\}\s*$|\[DONE\]|message_stop/.test(text) },
  );

test(
  `${seconds} s of load on credentials of ${lifetimeSeconds} s, from four sources at once: no request fails`,
  async () => {
    const renewal = setInterval(() => running.renewTokens(), (lifetimeSeconds * 1000) / 3);
    const loads = sources.map(startLoad);
    const enough = seconds * perSecond * 0.9;
    await waitUntil(
      'every source has answered enough',
      () => loads.every((load) => load.answered() >= enough || load.failures().length > 20),
      { withinMs: seconds * 4000, everyMs: 250 },
    );
    await Promise.all(loads.map((load) => load.stop()));
    clearInterval(renewal);
    const arns = running.mock.aws.issued().map(({ arn }) => arn);
    for (const [index, source] of sources.entries()) {
      const issued = arns.filter((arn) =>
        arn.includes(`/${source === 'pod' ? 'pod-identity' : source}/`),
      ).length;
      const load = loads[index]!;
      reportFigure(
        `${source}: ${load.answered()} requests, ${load.failures().length} failed, ${issued} credentials of ${lifetimeSeconds} s`,
      );
      expect(load.failures().slice(0, 5)).toEqual([]);
      // Fewer mean that somebody lived on what was over; many more that each request asks for its own.
      expect(issued).toBeGreaterThanOrEqual(Math.floor((seconds * 0.9) / (lifetimeSeconds + 1)));
      expect(issued).toBeLessThanOrEqual(seconds);
    }
  },
  seconds * 5000 + 60_000,
);
