/**
 * `npm run bench:hostile`: what streams that mean harm cost the translator. Prints time and memory of each, and exits with 1
 * where more than 32 MiB are held or the work grows faster than the stream.
 */
// eslint-disable-next-line @nx/enforce-module-boundaries -- measures the translator alone, from its sources; all else in here only talks to processes
import { createTranslator, parseClientRequest } from '../../packages/translator/src/index.ts';
import { describeHostileBytes, type Framing, type HostileBytes, mebibyte } from './hostile-bytes.ts';

type Endpoint = Parameters<typeof parseClientRequest>[0]['endpoint'];
type Schema = Parameters<typeof createTranslator>[1]['schema']['name'];
type Stream = Extract<ReturnType<ReturnType<typeof createTranslator>['response']>, { kind: 'streamed' }>;

const maxHeldMiB = 32;
/** The second half may cost this much more than the first: noise of a busy machine is far below, quadratic work above. */
const maxGrowth = 2.5;
/** Halves shorter than this say nothing about growth. */
const leastMs = 100;
/** Work that grows too fast does so every time; a machine that was busy meanwhile does not. */
const attempts = 3;
const sampleBytes = 2 * mebibyte;

const pairs: readonly (readonly [Endpoint, Schema, Framing])[] = [
  ['chatCompletions', 'AWSBedrock', 'converse'],
  ['messages', 'AWSBedrock', 'converse'],
  ['responses', 'AWSBedrock', 'converse'],
  ['chatCompletions', 'AWSAnthropic', 'invoke'],
  ['messages', 'AWSAnthropic', 'invoke'],
  ['responses', 'AWSAnthropic', 'invoke'],
  ['chatCompletions', 'Anthropic', 'anthropic'],
  ['messages', 'Anthropic', 'anthropic'],
  ['responses', 'Anthropic', 'anthropic'],
  ['chatCompletions', 'OpenAI', 'openai'],
  ['messages', 'OpenAI', 'openai'],
  ['responses', 'OpenAI', 'openai'],
];

const question = 'Hi.';
const bodies = {
  chatCompletions: { messages: [{ role: 'user', content: question }] },
  messages: { max_tokens: 9, messages: [{ role: 'user', content: question }] },
  responses: { input: question },
} as const;

/** The stream of an answer that has just begun. */
function startStream(endpoint: keyof typeof bodies, schema: Schema, framing: Framing): Stream {
  const model = framing === 'converse' ? 'us.meta.llama3-2-1b-instruct-v1:0' : 'anthropic.claude-sonnet-4-5';
  const request = parseClientRequest({
    endpoint,
    path: '/',
    headers: new Map(),
    body: Buffer.from(JSON.stringify({ model, stream: true, ...bodies[endpoint] })),
  });
  const target = { schema: { name: schema }, unsupportedFields: 'Drop', messagesVia: 'Auto' } as const;
  const context = { requestId: 'r', nowSeconds: 1, sha256: () => '0'.repeat(64) };
  const translator = createTranslator(request, target, context);
  translator.request();
  const type =
    framing === 'converse' || framing === 'invoke'
      ? 'application/vnd.amazon.eventstream'
      : 'text/event-stream';
  const response = translator.response({ status: 200, headers: new Map([['content-type', type]]) });
  if (response.kind !== 'streamed') throw new Error(`${endpoint} to ${schema} does not stream`);
  return response;
}

/** Pieces of a stream, each in memory of its own, as they come from a socket. */
function* split({ start, next, pieceBytes, totalBytes }: HostileBytes): Generator<Uint8Array> {
  let sent = 0;
  for (let round = -1; sent < totalBytes; round++) {
    const bytes = round < 0 ? start : next(round);
    for (let at = 0; at < bytes.length && sent < totalBytes; at += pieceBytes) {
      const piece = Uint8Array.prototype.slice.call(bytes, at, at + pieceBytes);
      sent += piece.length;
      yield piece;
    }
  }
}

interface Figures {
  readonly fedMiB: number;
  readonly ms: number;
  /** CPU time of the second half by that of the first; 1 is linear. */
  readonly growth: number | undefined;
  readonly heldMiB: number;
  readonly end: string;
}

/** Live memory in bytes: what is left after a collection. */
function readLiveMemory(): number {
  if (!globalThis.gc) throw new Error('run with --expose-gc');
  // The first leaves buffers behind that are freed concurrently; the second waits for them.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Feeds a stream until it is over or the translator has ended it; only the translator's time counts. */
function measure(stream: Stream, bytes: HostileBytes): Figures {
  const before = readLiveMemory();
  const samples: { fed: number; cpuMs: number }[] = [];
  // The machine's other work is in the time, but not in the CPU time; what is fed and measured here costs the same everywhere.
  let cpuMs = 0;
  let cpuFrom = process.cpuUsage();
  let [fed, ms, held, sampledAt] = [0, 0, 0, 0];
  let end: string | undefined;
  const sample = (): void => {
    const { user, system } = process.cpuUsage(cpuFrom);
    cpuMs += (user + system) / 1000;
    held = Math.max(held, readLiveMemory() - before);
    samples.push({ fed, cpuMs });
    sampledAt = fed;
    cpuFrom = process.cpuUsage();
  };
  for (const piece of split(bytes)) {
    const from = performance.now();
    const { failure } = stream.push(piece);
    ms += performance.now() - from;
    fed += piece.length;
    end = failure?.code;
    if (end !== undefined) break;
    if (fed - sampledAt >= Math.min(sampleBytes, bytes.totalBytes / 16)) sample();
  }
  sample();
  end ??= stream.end().failure?.code ?? 'as if it were whole';
  const firstHalf = samples.find((entry) => entry.fed >= fed / 2)?.cpuMs ?? 0;
  const secondHalf = cpuMs - firstHalf;
  const growth = Math.min(firstHalf, secondHalf) < leastMs ? undefined : secondHalf / firstHalf;
  return { fedMiB: fed / mebibyte, ms, growth, heldMiB: held / mebibyte, end };
}

const columns = ['stream', 'read, MiB', 'ms', 'ns/byte', 'growth', 'held, MiB', 'ended by'];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const print = (cells: readonly string[]): void => {
  say(`| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(48) : cell.padStart(9))).join(' | ')} |`);
};

const isTooMuch = ({ heldMiB, growth = 0 }: Figures): boolean => heldMiB > maxHeldMiB || growth > maxGrowth;

function measureFairly(start: () => Stream, bytes: HostileBytes): Figures {
  let figures = measure(start(), bytes);
  for (let attempt = 1; attempt < attempts && isTooMuch(figures); attempt++)
    figures = measure(start(), bytes);
  return figures;
}

let failures = 0;
for (const [endpoint, schema, framing] of pairs) {
  say(`\n${endpoint} from ${schema} (${framing})\n`);
  print(columns);
  print(columns.map((_, at) => (at === 0 ? '-'.repeat(48) : '--------:')));
  for (const bytes of describeHostileBytes(framing)) {
    const start = (): Stream => startStream(endpoint as keyof typeof bodies, schema, framing);
    const figures = measureFairly(start, bytes);
    const { fedMiB, ms, growth, heldMiB, end } = figures;
    const isBad = isTooMuch(figures);
    if (isBad) failures += 1;
    print([
      `${isBad ? '!! ' : ''}${bytes.name}`,
      fedMiB.toFixed(1),
      ms.toFixed(0),
      ((ms * 1e6) / (fedMiB * mebibyte)).toFixed(1),
      growth?.toFixed(2) ?? '',
      heldMiB.toFixed(1),
      end,
    ]);
  }
}
say(failures === 0 ? `\nnone held more than ${maxHeldMiB} MiB` : `\n${failures} streams were too much`);
process.exitCode = failures === 0 ? 0 : 1;
