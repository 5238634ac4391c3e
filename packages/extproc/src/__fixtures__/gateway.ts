import { createHash } from 'node:crypto';
import type { BackendAuthenticator } from '../auth/backend-auth.ts';
import type { ModelEntry, RuntimeBackend, RuntimeConfig } from '../config/runtime-config.ts';
import { attemptAttributes } from '../processors/attempt-attributes.ts';
import { createEndpointTable } from '../processors/endpoint-table.ts';
import type { ProcessorDeps } from '../processors/processor-deps.ts';
import { createRouterProcessor } from '../processors/router-processor.ts';
import { createUpstreamProcessor } from '../processors/upstream-processor.ts';
import { createExchangeStore } from '../stream/exchange-store.ts';
import { createSession } from '../stream/session.ts';
import { createSilenceWatch } from '../stream/silence-watch.ts';
import type { RequestOutcome } from '../telemetry/request-metrics.ts';
import type { StreamHandler, TransportStream } from '../transport/transport.ts';
import { createTestClock, type TestClock } from './test-clock.ts';
import { type Conversation, createTestLogger, headersMessage, startConversation } from './envoy.ts';

/** A backend with some things of its own. */
export function buildBackend(name: string, own: Partial<RuntimeBackend> = {}): RuntimeBackend {
  const auth: BackendAuthenticator = {
    apply: () => ({ set: [['authorization', `Bearer key-of-${name}`]], remove: [] }),
  };
  return {
    name,
    target: { schema: { name: 'OpenAI', prefix: 'v1' }, unsupportedFields: 'Drop', messagesVia: 'Auto' },
    auth,
    schemaSupported: true,
    ...own,
  };
}

/** The processors of a process without sockets, with their insides in view. */
export interface TestGateway {
  readonly deps: ProcessorDeps;
  readonly outcomes: RequestOutcome[];
  readonly clock: TestClock;
  readonly log: readonly string[];
  readonly open: (stream: TransportStream) => StreamHandler;
  start(): Conversation;
}

export function createTestGateway(options: {
  backends?: readonly RuntimeBackend[];
  models?: readonly ModelEntry[];
  costs?: RuntimeConfig['costs'];
  credentialHeaders?: readonly string[];
}): TestGateway {
  const {
    backends = [buildBackend('b1')],
    models = [],
    costs = { metadata: () => ({}) },
    credentialHeaders = [],
  } = options;
  const config: RuntimeConfig = {
    generation: 1,
    backends: new Map(backends.map((backend) => [backend.name, backend])),
    credentialHeaders: new Set(credentialHeaders),
    models: () => models,
    costs,
  };
  const logger = createTestLogger();
  const outcomes: RequestOutcome[] = [];
  let ids = 0;
  const clock = createTestClock();
  const deps: ProcessorDeps = {
    config: { current: () => config, untilBackend: () => undefined },
    exchanges: createExchangeStore(),
    findTarget: createEndpointTable({ root: '', openai: '/', anthropic: '/anthropic' }),
    metrics: {
      request: () => ({
        attempt: () => undefined,
        warnings: () => undefined,
        output: () => undefined,
        usage: () => undefined,
        latencies: () => undefined,
        end: (outcome) => void outcomes.push(outcome),
      }),
    },
    logger,
    logAttributes: [['agent-session-id', 'session.id']],
    silence: createSilenceWatch(clock.every),
    firstEventTimeoutMs: 60_000,
    streamIdleTimeoutMs: 30_000,
    createId: () => `id-${(ids += 1)}`,
    nowSeconds: () => 1_700_000_000,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
  };
  const open = (stream: TransportStream): StreamHandler =>
    createSession(
      {
        logger,
        processors: {
          router: (interrupt) => createRouterProcessor(deps, interrupt),
          upstream: (interrupt) => createUpstreamProcessor(deps, interrupt),
        },
      },
      stream,
    );
  return { deps, outcomes, clock, log: logger.lines, open, start: () => startConversation(open) };
}

/** The headers of a client's request. */
export function clientHeaders(
  path: string,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    ':method': 'POST',
    ':path': path,
    ':authority': 'gateway.local',
    'x-request-id': 'req-1',
    'content-type': 'application/json',
    'content-length': '10',
    ...own,
  };
}

/** The first message of an attempt at a backend. */
export function attemptHeaders(
  backend: string,
  headers: Readonly<Record<string, string>>,
  { showsResponse = false, streamIdleMs = '', metadata = {} } = {},
): ReturnType<typeof headersMessage> {
  return headersMessage('requestHeaders', headers, {
    showsResponse,
    metadata,
    attributes: {
      [attemptAttributes.host]: backend,
      [attemptAttributes.routeName]: 'ns/route',
      [attemptAttributes.streamIdleMs]: streamIdleMs,
    },
  });
}
