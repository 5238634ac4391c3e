/** `npm run bench:credentials`: load on credentials that expire all the time, from four sources at once. See README.md. */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  mockAwsEnvironment,
  mockCredentials,
  type MockProviders,
  startMockProviders,
} from '@aigw/mock-providers';
import { findFreePort, startChild, stopChildren, waitForChild } from '../child-processes.ts';
import { buildResources, roleArn, type Source, sources } from './resources.ts';
import { type LoadRequest, startSteadyLoad, type SteadyLoad } from './steady-load.ts';

const aigw = fileURLToPath(new URL('../../../packages/cli/bin/aigw.js', import.meta.url));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function readNumber(name: string, fallback: number, most: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (value > 0 && value <= most) return value;
  throw new Error(`${name} must be a number above 0 and up to ${most}, not "${process.env[name] ?? ''}"`);
}

const seconds = readNumber('BENCH_CREDENTIAL_SECONDS', 600, 3600);
const lifetimeSeconds = readNumber('BENCH_CREDENTIAL_LIFETIME', 60, 3600);
const perSecond = readNumber('BENCH_CREDENTIAL_RATE', 20, 200);

/** The tokens that a kubelet would keep in files, as short-lived as the credentials; renews them until told to stop. */
function keepTokens(folder: string, mock: MockProviders): { env: Record<string, string>; stop(): void } {
  const files = { web: join(folder, 'web-identity'), pod: join(folder, 'pod') };
  const write = (path: string, token: string): void => {
    writeFileSync(`${path}.new`, token);
    renameSync(`${path}.new`, path);
  };
  const renew = (): void => {
    write(files.web, mock.aws.createToken({ lifetimeSeconds }));
    write(files.pod, mock.aws.createPodToken({ lifetimeSeconds }));
  };
  renew();
  const timer = setInterval(renew, (lifetimeSeconds * 1000) / 3);
  const env = {
    ...mockAwsEnvironment(mock.url).sts,
    ...mockAwsEnvironment(mock.url)['pod-identity'],
    AWS_WEB_IDENTITY_TOKEN_FILE: files.web,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: files.pod,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
  };
  return { env, stop: () => clearInterval(timer) };
}

async function startGateway(folder: string, mock: MockProviders): Promise<string> {
  const resources = join(folder, 'gateway.yaml');
  writeFileSync(resources, buildResources(mock.port, mock.aws.issuer));
  const ports = [await findFreePort(), await findFreePort()];
  const flags = ['--port', String(ports[0]), '--admin-port', String(ports[1])];
  const child = startChild('gateway', ['node', aigw, 'run', ...flags, resources], folder);
  await waitForChild(child, () => readFileSync(child.log, 'utf8').includes('aigw: listening on'));
  return `http://127.0.0.1:${ports[0]}`;
}

/** Both APIs, unary and streamed. */
function describeRequests(url: string, model: Source): LoadRequest[] {
  const ends = { '/v1/chat/completions': ['}', '[DONE]'], '/v1/messages': ['}', '}'] } as const;
  return Object.entries(ends).flatMap(([path, [whole, last]]) =>
    [false, true].map((stream) => ({
      url: new URL(path, url),
      body: JSON.stringify({ model, stream, max_tokens: 20, messages: [{ role: 'user', content: 'Hi.' }] }),
      end: stream ? last : whole,
    })),
  );
}

/** A line of the report; true when nothing failed. */
function report(source: Source, { counts }: SteadyLoad, mock: MockProviders): boolean {
  const issued = mock.aws.issued().filter(({ arn }) => arn.includes(`/${source}/`)).length;
  const statuses = [...counts.byStatus].map(([status, count]) => `${status}: ${count}`).join(', ');
  const failed = counts.sent - (counts.byStatus.get(200) ?? 0);
  const cells = [
    source.padEnd(12),
    counts.sent,
    failed,
    issued,
    `${counts.slowestMs.toFixed(0)} ms`,
    statuses,
  ];
  say(`| ${cells.join(' | ')} |`);
  if (counts.firstFailure !== undefined) say(`  first failure: ${counts.firstFailure}`);
  return failed === 0 && issued >= Math.floor(seconds / (lifetimeSeconds + 1));
}

async function run(folder: string): Promise<boolean> {
  const mock = await startMockProviders({
    port: await findFreePort(),
    credentialLifetimeSeconds: lifetimeSeconds,
    tokenLifetimeSeconds: lifetimeSeconds,
    roles: { [roleArn('oidc')]: { subject: mockCredentials.oidcClient.id } },
  });
  const tokens = keepTokens(folder, mock);
  try {
    Object.assign(process.env, tokens.env);
    const url = await startGateway(folder, mock);
    say(
      `${seconds} s of ${perSecond} requests/s for each of ${sources.length} sources, credentials of ${lifetimeSeconds} s`,
    );
    const loads = sources.map((source) => startSteadyLoad(describeRequests(url, source), perSecond));
    await delay(seconds * 1000);
    await Promise.all(loads.map((load) => load.stop()));
    say('| source | requests | failed | credentials | slowest | by status |');
    say('| ------ | -------: | -----: | ----------: | ------: | --------- |');
    return sources.map((source, index) => report(source, loads[index]!, mock)).every(Boolean);
  } finally {
    tokens.stop();
    await stopChildren();
    await mock.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'aigw-bench-credentials-'));
const interrupt = (): void => void stopChildren().then(() => process.exit(130));
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);
try {
  process.exitCode = (await run(folder)) ? 0 : 1;
} catch (error) {
  say(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
