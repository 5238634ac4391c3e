/** Runs one load in a thread of its own and reports what came of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { eventsPerStream } from '../workloads.ts';
import { LoadConnection, type RequestTimes } from './connection.ts';
import type { LoadOrder, LoadResult } from './run-load.ts';
import { summarise } from './summary.ts';

const order = workerData as LoadOrder;

function buildRequest(): Buffer {
  const body = Buffer.from(order.body);
  const lines = [
    `POST ${order.path} HTTP/1.1`,
    'host: bench.local',
    'content-type: application/json',
    'user-agent: bench/1',
    'accept: */*',
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}

/** An answer counts when it is a 200 and, of a stream, every event arrived. */
function isWhole({ status, events }: RequestTimes): boolean {
  return status === 200 && (!order.stream || events.length === eventsPerStream);
}

const request = buildRequest();
const connections = Array.from({ length: order.connections }, () => new LoadConnection(order.port, request));
const deadline = performance.now() + order.boundMs;
const totals: number[] = [];
const firsts: number[] = [];
const events: number[] = [];
let started = 0;
let errors = 0;
let firstError: number | undefined;

async function work(connection: LoadConnection): Promise<void> {
  while (started < order.requests && performance.now() < deadline) {
    started += 1;
    const times = await connection.run();
    if (!isWhole(times)) {
      errors += 1;
      firstError ??= times.status;
      continue;
    }
    totals.push(times.total);
    firsts.push(times.first);
    for (const event of times.events) events.push(event);
  }
  connection.close();
}

const start = performance.now();
await Promise.all(connections.map(work));
const seconds = (performance.now() - start) / 1000;
const result: LoadResult = {
  answered: totals.length,
  errors,
  firstError,
  seconds,
  eventCount: events.length,
  latency: summarise(totals),
  firstEvent: summarise(firsts),
  eventLatency: summarise(events),
};
parentPort?.postMessage(result);
