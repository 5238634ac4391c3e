import { Agent, request } from 'node:http';

/** What became of a source's requests. */
export interface LoadCounts {
  sent: number;
  /** By status; 0 is a connection that broke or an answer that was cut. */
  readonly byStatus: Map<number, number>;
  /** The first failure's words. */
  firstFailure?: string;
  /** Milliseconds that the slowest request took. */
  slowestMs: number;
}

/** A request that is sent again and again. */
export interface LoadRequest {
  readonly url: URL;
  readonly body: string;
  /** What a whole answer ends with. */
  readonly end: string;
}

/** A load that runs. */
export interface SteadyLoad {
  readonly counts: LoadCounts;
  /** Begins no more requests and waits for those that run. */
  stop(): Promise<void>;
}

const answerWithinMs = 30_000;

/** Sends the requests in turn at a steady rate, whether answers come or not. */
export function startSteadyLoad(requests: readonly LoadRequest[], perSecond: number): SteadyLoad {
  const agent = new Agent({ keepAlive: true });
  const counts: LoadCounts = { sent: 0, byStatus: new Map(), slowestMs: 0 };
  const running = new Set<Promise<void>>();
  const begin = (): void => {
    const next = requests[counts.sent % requests.length];
    if (next === undefined) return;
    counts.sent += 1;
    const asked = send(agent, next, counts).finally(() => running.delete(asked));
    running.add(asked);
  };
  const timer = setInterval(begin, 1000 / perSecond);
  return {
    counts,
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      agent.destroy();
    },
  };
}

async function send(agent: Agent, next: LoadRequest, counts: LoadCounts): Promise<void> {
  const start = performance.now();
  const { status, text } = await ask(agent, next);
  counts.slowestMs = Math.max(counts.slowestMs, performance.now() - start);
  const seen = status === 200 && !text.trimEnd().endsWith(next.end) ? 0 : status;
  counts.byStatus.set(seen, (counts.byStatus.get(seen) ?? 0) + 1);
  if (seen !== 200) counts.firstFailure ??= `${new Date().toISOString()} ${status} ${text.slice(0, 300)}`;
}

function ask(agent: Agent, { url, body }: LoadRequest): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ status: 0, text: error.message });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'POST', agent, headers, timeout: answerWithinMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${answerWithinMs} ms`)));
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}
