/** The model that every request names: Converse for chat completions, InvokeModel for messages. */
export const model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
/** Text events of one stream. */
export const eventsPerStream = 100;
const system = 'You are terse.';
const answerTokens = 100;

/** One kind of load. */
export interface Workload {
  readonly id: string;
  /** OpenAI chat completions to Converse, or Anthropic messages to InvokeModel. */
  readonly api: 'chat' | 'messages';
  readonly promptBytes: number;
  readonly connections: number;
  readonly requests: number;
  /** Of a stream: the pause between two events, in milliseconds. */
  readonly pauseMs?: number;
}

/** Everything that is measured. */
export const workloads: readonly Workload[] = [
  { id: 'chat-1k-c1', api: 'chat', promptBytes: 1000, connections: 1, requests: 1000 },
  { id: 'chat-1k-c16', api: 'chat', promptBytes: 1000, connections: 16, requests: 4000 },
  { id: 'chat-100k-c8', api: 'chat', promptBytes: 100_000, connections: 8, requests: 400 },
  { id: 'msg-1k-c16', api: 'messages', promptBytes: 1000, connections: 16, requests: 4000 },
  { id: 'stream-0ms-c16', api: 'chat', promptBytes: 1000, connections: 16, requests: 300, pauseMs: 0 },
  { id: 'stream-10ms-c100', api: 'chat', promptBytes: 1000, connections: 100, requests: 200, pauseMs: 10 },
  { id: 'stream-10ms-c500', api: 'chat', promptBytes: 1000, connections: 500, requests: 500, pauseMs: 10 },
];

export function isStream(workload: Workload): boolean {
  return workload.pauseMs !== undefined;
}

/** A prompt with an escape every 30 bytes or so, as real ones have. */
export function buildPrompt(bytes: number): string {
  const unit = 'lorem ipsum dolor sit amet "q"\n';
  return unit.repeat(Math.ceil(bytes / unit.length)).slice(0, bytes);
}

/** The client's request. */
export function buildBody(workload: Workload): string {
  const user = { role: 'user', content: buildPrompt(workload.promptBytes) };
  const stream = isStream(workload) ? { stream: true } : {};
  if (workload.api === 'messages') {
    return JSON.stringify({ model, system, max_tokens: answerTokens, messages: [user], ...stream });
  }
  const usage = isStream(workload) ? { stream_options: { include_usage: true } } : {};
  const messages = [{ role: 'system', content: system }, user];
  return JSON.stringify({ model, max_tokens: answerTokens, messages, ...stream, ...usage });
}

/** Where the gateway takes it. */
export function gatewayPath(workload: Workload): string {
  return workload.api === 'chat' ? '/v1/chat/completions' : '/v1/messages';
}

/** What Bedrock calls the operation. */
export function bedrockOperation(workload: Workload): string {
  if (workload.api === 'messages') return isStream(workload) ? 'invoke-with-response-stream' : 'invoke';
  return isStream(workload) ? 'converse-stream' : 'converse';
}

/** Where the same bytes go when there is no gateway. */
export function directPath(workload: Workload): string {
  return `/model/${encodeURIComponent(model)}/${bedrockOperation(workload)}`;
}
