/** `npm run bench:routes`: many routes on one Gateway, in a cluster of processes. See README.md. */
import { mockCredentials } from '@aigw/mock-providers';
import {
  llama,
  objectOf,
  type ProcessCluster,
  route,
  rule,
  runInNamespaces,
  startExamples,
} from '@aigw/e2e/cluster';
import { setTimeout as delay } from 'node:timers/promises';
import { listMemory } from './list-memory.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function readCount(name: string, fallback: number, most: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (Number.isInteger(value) && value > 0 && value <= most) return value;
  throw new Error(`${name} must be a whole number from 1 to ${most}, not "${process.env[name] ?? ''}"`);
}

const routes = readCount('BENCH_ROUTES', 1000, 5000);
const changes = readCount('BENCH_ROUTE_CHANGES', 5, 100);
/** How many requests the API server gets at once. */
const parallel = 8;
/** Between changes: what the one before has left to say is not measured with the next. */
const quietMs = 5_000;
const backend = { name: 'envoy-ai-gateway-basic-aws', modelNameOverride: llama };
const collection = '/apis/aigateway.envoyproxy.io/v1beta1/namespaces/default/aigatewayroutes';

type Ask = (model: string) => Promise<{ readonly status: number }>;

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

/** Waits for something that has a deadline of its own: half an hour. */
async function until(holds: () => Promise<boolean>, everyMs: number): Promise<void> {
  const deadline = performance.now() + 30 * 60_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it took more than half an hour');
    await delay(everyMs);
  }
}

async function createRoutes({ server }: ProcessCluster): Promise<void> {
  const numbers = Array.from({ length: routes }, (_, number) => number);
  const work = async (): Promise<void> => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      const body: unknown = JSON.parse(route(`many-${number}`, [rule(`model-${number}`, backend)]));
      const { status } = await server.api.request('POST', collection, body);
      if (status !== 201) throw new Error(`the API server answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

async function countProgrammed({ server }: ProcessCluster): Promise<number> {
  const { body } = await server.api.request('GET', collection);
  const items = body['items'] as { status?: { conditions?: Condition[] } }[];
  return items.filter(({ status }) =>
    status?.conditions?.some((condition) => condition.type === 'Programmed' && condition.status === 'True'),
  ).length;
}

async function measureGrowth(cluster: ProcessCluster, ask: Ask): Promise<void> {
  const before = await countProgrammed(cluster);
  const start = performance.now();
  await createRoutes(cluster);
  say(`  created                        ${seconds(start)}`);
  await until(async () => (await countProgrammed(cluster)) === before + routes, 1000);
  say(`  all of them Programmed         ${seconds(start)}`);
  // Routes are made in the opposite order of their numbers.
  for (const number of [0, Math.floor(routes / 2), routes - 1])
    await until(async () => (await ask(`model-${number}`)).status === 200, 50);
  say(`  the first, middle, last answer ${seconds(start)}`);
}

function keyOfLastRequest({ mock }: ProcessCluster): string | undefined {
  const headers = mock.requests().at(-1)?.headers ?? [];
  const [, value = ''] = headers.find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return /Credential=([^/]+)\//.exec(value)?.[1];
}

async function changeSecret(cluster: ProcessCluster, ask: Ask, number: number): Promise<number> {
  const accessKeyId = `AKIABENCH${String(number).padStart(11, '0')}`;
  const { secretAccessKey } = mockCredentials.aws;
  cluster.mock.setCredentials([mockCredentials.aws, { accessKeyId, secretAccessKey }]);
  const secret = objectOf('aws.yaml', 'Secret').replace(/(aws_access_key_id = )\S+/, `$1${accessKeyId}`);
  await cluster.server.mustKubectl(['apply', '-f', '-'], secret);
  const accepted = performance.now();
  await until(
    async () => (await ask('model-0')).status === 200 && keyOfLastRequest(cluster) === accessKeyId,
    5,
  );
  return performance.now() - accepted;
}

async function addRoute(cluster: ProcessCluster, ask: Ask, number: number): Promise<number> {
  const model = `one-more-${number}`;
  const body: unknown = JSON.parse(route(model, [rule(model, backend)]));
  const start = performance.now();
  await cluster.server.api.request('POST', collection, body);
  const seen = new Set<number>();
  await until(async () => {
    const { status } = await ask(model);
    seen.add(status);
    return status === 200;
  }, 20);
  const wrong = [...seen].filter((status) => status !== 404 && status !== 200);
  if (wrong.length > 0) throw new Error(`a new route answered ${wrong.join(', ')}`);
  return performance.now() - start;
}

async function measureChanges(what: string, change: (number: number) => Promise<number>): Promise<void> {
  const times: number[] = [];
  for (let number = 0; number < changes; number += 1) {
    await delay(quietMs);
    times.push(await change(number));
  }
  const shown = [median(times), Math.max(...times)].map((time) => `${Math.round(time)} ms`);
  say(`  ${what.padEnd(30)} median ${shown.join(', at most ')}`);
}

function sayMemory(cluster: ProcessCluster): void {
  for (const { name, mebibytes } of listMemory(cluster)) say(`  ${name.padEnd(30)} ${mebibytes} MiB`);
}

async function measure(): Promise<number> {
  const { cluster, ask } = await startExamples(['aws.yaml', llama]);
  try {
    say(`memory with one route`);
    sayMemory(cluster);
    say(`${routes} routes more`);
    await measureGrowth(cluster, ask);
    say(`one change among ${routes} routes`);
    await measureChanges('a changed Secret signs', (number) => changeSecret(cluster, ask, number));
    await measureChanges('a new route serves, after a 404', (number) => addRoute(cluster, ask, number));
    say(`memory with ${routes} routes`);
    sayMemory(cluster);
    return 0;
  } finally {
    await cluster.stop();
  }
}

process.exitCode = await runInNamespaces(import.meta.filename, measure, { say });
